/** What became slower or failed more, by how much and since when. */
import type { Figures } from "./service";
import { ALPHA, shareTest, tailTest, type Buckets } from "./shift";

/** Fewer requests than this on one side are not compared. */
const LEAST = 50;
/** From these on a change is worth a word: buckets are 4 % wide, and days are never alike. */
const SLOWER = 0.25;
const SHARE = 0.005;

export interface Change {
  /** How much greater p95 is, as a share of what it was: 0.5 is half as much again; null where there is too little. */
  p95: number | null;
  /** By how many failed requests of all the share has risen. */
  failed: number | null;
}

const shareOf = (figures: Figures): number => figures.failed / Math.max(1, figures.hits);

export function changeOf(now: Figures, before: Figures): Change {
  if (now.hits < LEAST || before.hits < LEAST) return { p95: null, failed: null };
  const [here, there] = [now.total?.p95 ?? 0, before.total?.p95 ?? 0];
  return { p95: there > 0 ? here / there - 1 : null, failed: shareOf(now) - shareOf(before) };
}

export type Kind = "slower" | "failing";

/** What is worth a word of a change, the worst first. */
export function kindsOf(change: Change, before: Figures): Kind[] {
  const failing = change.failed !== null && change.failed >= SHARE && change.failed >= shareOf(before);
  const slower = change.p95 !== null && change.p95 >= SLOWER;
  return [...(failing ? (["failing"] as const) : []), ...(slower ? (["slower"] as const) : [])];
}

/** The histograms of an endpoint: now, and in the time before. */
export type Pair = readonly [now: Buckets, before: Buckets];

/** Of those kinds the ones that chance does not explain: by as many tests as there are endpoints (Bonferroni), for the others
 * were looked at as well. */
export function sureOf(kinds: readonly Kind[], now: Figures, before: Figures, buckets: Pair | undefined, endpoints: number): Kind[] {
  const chances: Record<Kind, () => number | null> = {
    slower: () => (buckets ? tailTest(buckets[1], buckets[0], 0.95) : null),
    failing: () => shareTest(before.failed, before.hits, now.failed, now.hits),
  };
  return kinds.filter((kind) => (chances[kind]() ?? 1) * endpoints < ALPHA);
}

export interface Point {
  at: number;
  count: number;
  value: number;
}

/**
 * When the values became what they are: the border between two steps at which the means of the logarithms on both sides
 * differ the most, weighted by how many requests there are (the one split of binary segmentation). Null where values did not rise there.
 */
export function sinceWhen(points: readonly Point[]): number | null {
  const known = points.filter((point) => point.count > 0 && point.value > 0);
  const logs = known.map((point) => Math.log(point.value));
  const weights = known.map((point) => Math.sqrt(point.count));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const all = logs.reduce((sum, log, i) => sum + log * (weights[i] ?? 0), 0);
  let [seen, sum, best] = [0, 0, 0];
  let found: number | null = null;
  known.forEach((point, i) => {
    if (i > 0) {
      const rise = (all - sum) / (whole - seen) - sum / seen;
      const gain = rise * Math.sqrt((seen * (whole - seen)) / whole);
      if (gain > best) [best, found] = [gain, point.at];
    }
    seen += weights[i] ?? 0;
    sum += (logs[i] ?? 0) * (weights[i] ?? 0);
  });
  return found;
}
