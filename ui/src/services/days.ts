/** Days and hours of the viewer's zone, and what requests fill them with. Times are in microseconds, UTC. */
import { paletteOf } from "./palette";

export interface Cell {
  at: number;
  count: number;
}

const dateOf = (time: number): Date => new Date(Math.floor(time / 1000));
/** A day by its date; days that a change of the clock makes shorter or longer are one each. */
const dayOf = (time: number): string => dateOf(time).toDateString();

/** The midnights of the viewer from the day of `begin` to that of `now`. */
export function daysFrom(begin: number, now: number): number[] {
  const days: number[] = [];
  const day = dateOf(begin);
  day.setHours(0, 0, 0, 0);
  while (day.getTime() * 1000 <= now) {
    days.push(day.getTime() * 1000);
    day.setDate(day.getDate() + 1);
  }
  return days;
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
  /** How many on each day. */
  counts: number[];
  sum: number;
}

const OTHER = 8;

/** The busiest by day, the busiest first, and all others together as `other`, of as many as there are. */
export function partsOf(series: readonly { name: string; cells: readonly Cell[] }[], days: readonly number[], other: (count: number) => string, most = 7, chosen: ReadonlyMap<string, unknown> = new Map()): Part[] {
  const places = new Map(days.map((day, place) => [dayOf(day), place]));
  const counted = series.map(({ name, cells }) => {
    const counts = days.map(() => 0);
    for (const { at, count } of cells) {
      const place = places.get(dayOf(at));
      if (place !== undefined) counts[place] = (counts[place] ?? 0) + count;
    }
    return { name, counts, sum: counts.reduce((sum, count) => sum + count, 0) };
  });
  const busiest = counted.filter(({ sum }) => sum > 0).sort((one, another) => another.sum - one.sum || one.name.localeCompare(another.name));
  // One more than there is room for has a place of its own rather than being the only other.
  const shown = busiest.length <= OTHER ? busiest : busiest.slice(0, most);
  const rest = busiest.slice(shown.length);
  const palette = paletteOf(shown.map(({ name }) => name), chosen);
  const parts = shown.map((one, i) => ({ ...one, color: palette[i] ?? OTHER }));
  if (rest.length === 0) return parts;
  const counts = days.map((_, day) => rest.reduce((sum, one) => sum + (one.counts[day] ?? 0), 0));
  return [...parts, { name: other(rest.length), color: OTHER, counts, sum: counts.reduce((sum, count) => sum + count, 0) }];
}

/** A round number at or above: 1, 2, 2.5 or 5 and zeros. */
export function roundUp(value: number): number {
  const size = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return size * ([1, 2, 2.5, 5, 10].find((step) => step * size >= value) ?? 10);
}
