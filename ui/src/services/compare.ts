/** Endpoints in two groups of requests, such as two versions: what is slower, faster or fails more, and how sure that is. */
import { ALPHA, holm, LEAST, rankTest, shareTest, tailTest, type Buckets } from "./shift";

/** The requests of one endpoint in one of the groups. */
export interface Side {
  count: number;
  p50: number;
  p95: number;
  buckets: Buckets;
  failed: number;
  /** Answers by status code, if they are known of this group. */
  status: ReadonlyMap<string, number> | null;
}

export interface Shift {
  /** Growth as a share of what it was; of errors and codes the difference of the shares. */
  change: number;
  /** After Holm's correction for everything that was tested; null where there is too little for a test. */
  p: number | null;
  /** Whether it is beyond chance and large enough to matter. */
  sure: boolean;
}

export interface CodeShift extends Shift {
  code: string;
  from: number;
  to: number;
}

export type Verdict = "worse" | "better" | "same" | "few";

export interface Compared {
  name: string;
  a: Side;
  b: Side;
  p50: Shift;
  p95: Shift;
  failed: Shift;
  /** The codes whose share surely moved. */
  codes: CodeShift[];
  verdict: Verdict;
}

/** Percentiles are known to the 4 % of a bucket, so a smaller change is none. */
const ENOUGH = 0.05;
/** A tenth of a percent of all requests; of codes one percent, for they vary with what is asked. */
const ENOUGH_FAILED = 0.001;
const ENOUGH_CODES = 0.01;

const shareOf = (count: number, all: number): number => count / Math.max(1, all);
const growth = (from: number, to: number): number => (from > 0 ? to / from - 1 : 0);
const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, count) => all + count, 0);

interface Tested {
  name: string;
  a: Side;
  b: Side;
  codes: { code: string; from: number; to: number }[];
  /** Of ranks, of the tail, of failures, and of each code. */
  ps: (number | null)[];
}

function tested(name: string, a: Side, b: Side): Tested {
  const codes = codesOf(a.status, b.status);
  const [inA, inB] = [sum(a.status ?? new Map<string, number>()), sum(b.status ?? new Map<string, number>())];
  const byCode = codes.map(({ from, to }) => shareTest(from * inA, inA, to * inB, inB));
  return { name, a, b, codes, ps: [rankTest(a.buckets, b.buckets)?.p ?? null, tailTest(a.buckets, b.buckets, 0.95), shareTest(a.failed, a.count, b.failed, b.count), ...byCode] };
}

function codesOf(a: Side["status"], b: Side["status"]): { code: string; from: number; to: number }[] {
  if (a === null || b === null) return [];
  const [inA, inB] = [sum(a), sum(b)];
  return [...new Set([...a.keys(), ...b.keys()])].sort().map((code) => ({ code, from: shareOf(a.get(code) ?? 0, inA), to: shareOf(b.get(code) ?? 0, inB) }));
}

const shiftOf = (change: number, p: number | null, enough: number): Shift => ({ change, p, sure: p !== null && p < ALPHA && Math.abs(change) >= enough });

function compared({ name, a, b, codes }: Tested, ps: (number | null)[]): Compared {
  const [ranks = null, tail = null, failures = null, ...byCode] = ps;
  const p50 = shiftOf(growth(a.p50, b.p50), ranks, ENOUGH);
  const p95 = shiftOf(growth(a.p95, b.p95), tail, ENOUGH);
  const failed = shiftOf(shareOf(b.failed, b.count) - shareOf(a.failed, a.count), failures, ENOUGH_FAILED);
  const moved = codes.map(({ code, from, to }, i) => ({ code, from, to, ...shiftOf(to - from, byCode[i] ?? null, ENOUGH_CODES) })).filter(({ sure }) => sure);
  return { name, a, b, p50, p95, failed, codes: moved, verdict: verdictOf([p50, p95, failed], a.count < LEAST || b.count < LEAST) };
}

function verdictOf(shifts: readonly Shift[], few: boolean): Verdict {
  if (few) return "few";
  const sure = shifts.filter((shift) => shift.sure);
  if (sure.some((shift) => shift.change > 0)) return "worse";
  return sure.length > 0 ? "better" : "same";
}

const ORDER: readonly Verdict[] = ["worse", "better", "same", "few"];

/** Every endpoint that both groups have; the worst first, and of equals those with most requests. */
export function compareAll(a: ReadonlyMap<string, Side>, b: ReadonlyMap<string, Side>): Compared[] {
  const all = [...a].flatMap(([name, side]) => {
    const other = b.get(name);
    return other ? [tested(name, side, other)] : [];
  });
  const ps = holm(all.flatMap((one) => one.ps));
  let place = 0;
  const found = all.map((one) => compared(one, ps.slice(place, (place += one.ps.length))));
  const weight = ({ b: now, p50, p95 }: Compared) => now.count * Math.max(Math.abs(p50.change) * now.p50, Math.abs(p95.change) * now.p95);
  return found.sort((one, other) => ORDER.indexOf(one.verdict) - ORDER.indexOf(other.verdict) || weight(other) - weight(one));
}
