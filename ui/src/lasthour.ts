/** How many runs each minute of the last hour had, from the cells of a script's series. */
import type { Cells } from "./core/series";
import { MINUTE } from "./format";

/** Minutes that the overview looks back. */
export const WINDOW = 60;

/** Counts by unix minute. */
export type Counts = Map<number, number>;

export interface Hour {
  runs: Counts;
  /** Of these, failed or lost. */
  failed: Counts;
  /** Of those, lost. */
  lost: Counts;
}

export const minuteOf = (time: number): number => Math.floor(time / MINUTE);

/** The counts of the minutes that lie in the window before `now`. */
export function countsOf(cells: Cells | undefined, now: number): Counts {
  const from = minuteOf(now) - WINDOW;
  const counts: Counts = new Map();
  for (const [key, cell] of cells ?? []) if (Number(key) > from) counts.set(Number(key), Number(cell[0]));
  return counts;
}

export const total = (counts: Counts): number => [...counts.values()].reduce((sum, count) => sum + count, 0);

/** All of them together, a value a minute, the oldest first; the minute that is under way is left out. */
export function perMinute(all: Counts[], now: number): number[] {
  const last = minuteOf(now);
  return Array.from({ length: WINDOW - 1 }, (_, i) => all.reduce((sum, counts) => sum + (counts.get(last - WINDOW + 1 + i) ?? 0), 0));
}

/** Stretches of minutes with runs, [first, last]; `gap` empty minutes do not part them. */
export function stretches(minutes: Iterable<number>, gap: number): [number, number][] {
  const found: [number, number][] = [];
  for (const minute of [...new Set(minutes)].sort((one, other) => one - other)) {
    const open = found.at(-1);
    if (open && minute - open[1] <= gap + 1) open[1] = minute;
    else found.push([minute, minute]);
  }
  return found;
}
