/** Days and hours of the viewer's zone, and what requests fill them with. Times are in microseconds, UTC. */
import { paletteOf } from "./palette";

export interface Cell {
  at: number;
  count: number;
}

const dateOf = (time: number): Date => new Date(Math.floor(time / 1000));
/** A day by its date; days that a change of the clock makes shorter or longer are one each. */
const dayOf = (time: number): string => dateOf(time).toDateString();

/** When steps of so many hours begin, by the viewer's clock, from the midnight of the day of `begin` to `now`. */
export function stepsFrom(begin: number, now: number, hours = 24): number[] {
  const first = dateOf(begin);
  const steps: number[] = [];
  for (let hour = 0; ; hour += hours) {
    const at = new Date(first.getFullYear(), first.getMonth(), first.getDate(), hour).getTime() * 1000;
    if (at > now) return steps;
    // An hour that the clock leaves out has no step of its own.
    if (at !== steps.at(-1)) steps.push(at);
  }
}

/** How many came in each step, the last of which goes to `end`; what came before the first one counts nowhere. */
export function countsIn(steps: readonly number[], cells: readonly Cell[], end = Infinity): number[] {
  const counts = steps.map(() => 0);
  let place = -1;
  for (const { at, count } of [...cells].sort((one, other) => one.at - other.at)) {
    while (place + 1 < steps.length && (steps[place + 1] ?? 0) <= at) place += 1;
    if (place >= 0 && at < end) counts[place] = (counts[place] ?? 0) + count;
  }
  return counts;
}

const ROUND = [5, 10, 15, 30, 60, 180, 360, 720, 1440];
const MOST_LABELS = 8;
const minutesOf = (time: number): number => 60 * dateOf(time).getHours() + dateOf(time).getMinutes();

/** Which steps shorter than a day have a label: those at round times of the viewer's clock, as many as have room. */
export function labelled(steps: readonly number[]): boolean[] {
  const at = (width: number) => steps.map((time) => minutesOf(time) % width === 0);
  return ROUND.map(at).find((labels) => labels.filter(Boolean).length <= MOST_LABELS) ?? at(1440);
}

/** Requests by hour and day: of each day its 24 hours, null where there were none. Cells begin at full hours UTC and count to
 * the hour of the viewer's clock that they begin in: one that comes twice has both, one that is left out has none. */
export function hoursOf(cells: readonly Cell[], days: readonly number[]): (number | null)[][] {
  const rows = new Map(days.map((day) => [dayOf(day), Array.from({ length: 24 }, (): number | null => null)]));
  for (const { at, count } of cells) {
    const row = rows.get(dayOf(at));
    const hour = dateOf(at).getHours();
    if (row) row[hour] = (row[hour] ?? 0) + count;
  }
  return [...rows.values()];
}

export interface Part {
  name: string;
  /** One of the eight colours. */
  color: number;
  /** How many in each step. */
  counts: number[];
  sum: number;
}

const OTHER = 8;

export const partOf = (name: string, color: number, counts: number[]): Part => ({ name, color, counts, sum: counts.reduce((sum, count) => sum + count, 0) });

/** The busiest by step, the busiest first, and all others together as `other`, of as many as there are. */
export function partsOf(series: readonly { name: string; cells: readonly Cell[] }[], steps: readonly number[], other: (count: number) => string, most = 7, chosen: ReadonlyMap<string, unknown> = new Map()): Part[] {
  const counted = series.map(({ name, cells }) => partOf(name, 1, countsIn(steps, cells)));
  const busiest = counted.filter(({ sum }) => sum > 0).sort((one, another) => another.sum - one.sum || one.name.localeCompare(another.name));
  // One more than there is room for has a place of its own rather than being the only other.
  const shown = busiest.length <= OTHER ? busiest : busiest.slice(0, most);
  const rest = busiest.slice(shown.length);
  const palette = paletteOf(shown.map(({ name }) => name), chosen);
  const parts = shown.map((one, i) => ({ ...one, color: palette[i] ?? OTHER }));
  if (rest.length === 0) return parts;
  const counts = steps.map((_, step) => rest.reduce((sum, one) => sum + (one.counts[step] ?? 0), 0));
  return [...parts, partOf(other(rest.length), OTHER, counts)];
}

/** A round number at or above: 1, 2, 2.5 or 5 and zeros. */
export function roundUp(value: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return size * ([1, 2, 2.5, 5, 10].find((step) => step * size >= value) ?? 10);
}
