/** How long the runs of a hook took: the middle, the spread, and the bars of a chart. */

export interface Past {
  id: string;
  state: string;
  started: number;
  duration: number;
}

export interface Spread {
  count: number;
  median: number;
  /** Eight of ten lie between. */
  low: number;
  high: number;
}

/** The fields of a run that this needs. */
export const FIELDS = "state,started,duration";

export const pastOf = (topic: string, state: Record<string, unknown>): Past => ({
  id: topic.slice("run/".length),
  state: String(state["state"] ?? ""),
  started: Number(state["started"] ?? 0),
  duration: Number(state["duration"] ?? 0),
});

/** A value that this share lies below, between the nearest two. */
export function quantile(sorted: number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? 0;
  return below + ((sorted[Math.ceil(at)] ?? below) - below) * (at - Math.floor(at));
}

/** Of the good runs; null if there is none. */
export function spreadOf(runs: Past[]): Spread | null {
  const good = runs.filter((run) => run.state === "done").map((run) => run.duration).sort((one, other) => one - other);
  return good.length === 0 ? null : { count: good.length, median: quantile(good, 0.5), low: quantile(good, 0.1), high: quantile(good, 0.9) };
}

/** A logarithmic scale is worth its price when most would be flat otherwise. */
const WIDE = 40;

export interface Scale {
  log: boolean;
  /** The height of a duration, 0 to 1. */
  of(duration: number): number;
}

export function scaleOf(runs: Past[]): Scale {
  const all = runs.map((run) => Math.max(1, run.duration)).sort((one, other) => one - other);
  const [least, most] = [all[0] ?? 1, all.at(-1) ?? 1];
  const log = most / quantile(all, 0.5) > WIDE;
  if (!log) return { log, of: (duration) => Math.min(1, duration / most) };
  const from = Math.log(least) - 0.5;
  return { log, of: (duration) => Math.max(0, Math.min(1, (Math.log(Math.max(1, duration)) - from) / (Math.log(most) - from))) };
}

/** "1.8", "25": how many times as long; null if it is about the same. */
export function factorOf(duration: number, other: number): string | null {
  if (other <= 0 || duration <= 0) return null;
  const factor = duration >= other ? duration / other : other / duration;
  return factor < 1.05 ? null : factor < 10 ? factor.toFixed(1) : String(Math.round(factor));
}
