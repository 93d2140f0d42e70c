/** What a job's topic says, and what follows from it: how far, how fast, how long still, and whether it stands. */
import { compact, number, SECOND } from "../format";

export interface Failure {
  type: string;
  message: string;
}

export interface JobView {
  id: string;
  name: string;
  role: string;
  state: string;
  reason: string;
  parent: string | null;
  program: string;
  process: string;
  started: number;
  ended: number | null;
  done: number | null;
  total: number | null;
  unit: string;
  postfix: string;
  rate: number | null;
  changed: number | null;
  host: string;
  user: string;
  pid: number | null;
  run: string | null;
  error: Failure | null;
}

interface Fields {
  get<T = unknown>(field: string): T | undefined;
}

export function jobView(topic: string, fields: Fields): JobView {
  const text = (field: string) => fields.get<string | null>(field) ?? "";
  const value = (field: string) => fields.get<number | null>(field) ?? null;
  const id = topic.slice(topic.indexOf("/") + 1);
  return {
    id,
    name: text("name") || id,
    role: text("role"),
    state: text("state"),
    reason: text("reason"),
    parent: fields.get<string | null>("parent") ?? null,
    program: text("program"),
    process: text("process"),
    started: value("started") ?? 0,
    ended: value("ended"),
    done: value("done"),
    total: value("total"),
    unit: text("unit"),
    postfix: text("postfix"),
    rate: value("rate"),
    changed: value("changed"),
    host: text("host"),
    user: text("user"),
    pid: value("pid"),
    run: fields.get<string | null>("run") ?? null,
    error: fields.get<Failure | null>("error") ?? null,
  };
}

/** From 0 to 1; null without a total. */
export function shareOf(job: JobView): number | null {
  if (job.total === null || job.done === null) return null;
  return job.total > 0 ? Math.min(1, Math.max(0, job.done / job.total)) : 1;
}

/** Microseconds that it has run for. */
export const elapsedOf = (job: JobView, now: number): number => Math.max(0, (job.ended ?? now) - job.started);

/** Microseconds that it will still take at its rate; counts down between two words of it. Null if nobody can say. */
export function remainingOf(job: JobView, now: number): number | null {
  if (job.state !== "running" || job.total === null || job.done === null || job.changed === null || !job.rate) return null;
  return Math.max(0, ((job.total - job.done) / job.rate) * SECOND - Math.max(0, now - job.changed));
}

const PATIENCE = 10 * SECOND;
/** So many times longer than a step lately takes. */
const STEPS = 10;

/** Microseconds for which it has stood still, if that is long for it; else null. */
export function standsFor(job: JobView, now: number): number | null {
  if (job.state !== "running" || job.changed === null || job.role !== "bar") return null;
  const silent = now - job.changed;
  const usual = job.rate ? SECOND / job.rate : 0;
  return silent > Math.max(PATIENCE, STEPS * usual) ? silent : null;
}

/** "128 rows/s"; slower than one a second, how long one takes. */
export function rateText(job: JobView, rate = job.rate): string {
  const unit = job.unit === "" ? "it" : job.unit;
  if (!rate) return "";
  return rate >= 1 ? `${compact(rate)} ${unit}/s` : `${number(1 / rate, 1)} s/${unit}`;
}

export interface Nested {
  job: JobView;
  depth: number;
}

/** Bars below the one that they are in, each level in the order of their opening; a pool's beside those of its program. */
export function nested(jobs: JobView[]): Nested[] {
  const ids = new Set(jobs.map((job) => job.id));
  const below = new Map<string, JobView[]>();
  for (const job of [...jobs].sort((one, other) => one.started - other.started || (one.id < other.id ? -1 : 1))) {
    const parent = job.parent !== null && ids.has(job.parent) && job.parent !== job.id ? job.parent : "";
    below.set(parent, [...(below.get(parent) ?? []), job]);
  }
  const rows: Nested[] = [];
  const add = (parent: string, depth: number) => {
    for (const job of below.get(parent) ?? []) {
      rows.push({ job, depth });
      add(job.id, depth + 1);
    }
  };
  add("", 0);
  return rows;
}

/** [time, units a second] between the points of a history [time, done]. */
export function ratesOf(history: [number, number][]): [string, number][] {
  const rates: [string, number][] = [];
  for (let i = 1; i < history.length; i++) {
    const [[before, from], [at, to]] = [history[i - 1] as [number, number], history[i] as [number, number]];
    if (at > before && to >= from) rates.push([new Date(at / 1000).toISOString(), ((to - from) / (at - before)) * SECOND]);
  }
  return rates;
}
