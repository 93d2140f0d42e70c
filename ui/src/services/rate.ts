/** The rate of requests of the last minutes: by the minute before somebody looked, by the second since. */
import { MINUTE } from "../format";

/** How far back it looks. */
export const BACK = 5 * MINUTE;
/** Minutes of cells that a watch brings for that. */
export const WINDOW = 7;
/** A rate is of so long a time, since producers tell once a second, and not all at once. */
const OVER = 4e6;

/** When (microseconds), and how many requests there were ever. */
export type Sample = readonly [at: number, count: number];
export type RatePoint = readonly [at: number, perSecond: number];

/** One more sample; those that are not needed any more go. */
export const withSample = (samples: readonly Sample[], sample: Sample): Sample[] => [...samples.filter(([at]) => at >= sample[0] - BACK - OVER), sample];

/** The rate at each sample that another one stands long enough before. */
export function ratesOf(samples: readonly Sample[]): RatePoint[] {
  const found: RatePoint[] = [];
  let from = 0;
  for (const [at, count] of samples) {
    while (at - (samples[from + 1]?.[0] ?? Infinity) >= OVER) from += 1;
    const [since, before] = samples[from] ?? [at, count];
    if (at - since >= OVER) found.push([at, (1e6 * (count - before)) / (at - since)]);
  }
  return found;
}

/** The latest of them, which stands until there are samples; null where nothing is known. */
export const latelyOf = (counts: ReadonlyMap<number, number> | undefined, until: number): number | null => (counts ? (minutesBefore(counts, until).at(-1)?.[1] ?? null) : null);

/** Minutes before `until`, in the middle of each, the last one as far as it had come: those that have none are 0. */
export function minutesBefore(counts: ReadonlyMap<number, number>, until: number): RatePoint[] {
  const last = Math.floor(until / MINUTE);
  const first = Math.floor((until - BACK) / MINUTE);
  const whole = Array.from({ length: last - first }, (_, i): RatePoint => [(first + i + 0.5) * MINUTE, (counts.get(first + i) ?? 0) / 60]);
  const begun = until - last * MINUTE;
  return begun < OVER ? whole : [...whole, [last * MINUTE + begun / 2, (1e6 * (counts.get(last) ?? 0)) / begun]];
}
