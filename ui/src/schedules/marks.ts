/** Labels of the time line at round times of the viewer's clock, also where that clock changes. */
import { clockShort, HOUR, MINUTE } from "../format";
import { SPANS, type SpanName } from "./ahead";

export interface Tick {
  x: number;
  text: string;
  /** Left out where room is scarce. */
  sub: boolean;
}

const STEP: Record<SpanName, { minutes: number; every: number }> = {
  hour: { minutes: 10, every: 2 },
  day: { minutes: 180, every: 2 },
  week: { minutes: 1440, every: 2 },
};
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric" });

/** Times of the wall that are multiples of the step, from after `now` to the end of the span. */
function* walls(now: number, span: SpanName): Generator<number> {
  const { minutes } = STEP[span];
  const at = new Date(now / 1000);
  at.setSeconds(0, 0);
  if (minutes >= 60) at.setMinutes(0);
  else at.setMinutes(Math.floor(at.getMinutes() / minutes) * minutes);
  if (minutes >= 60) at.setHours(Math.floor(at.getHours() / (minutes / 60)) * (minutes / 60));
  for (let step = 0; step < 200; step += 1) {
    // By the wall, so that midnight stays midnight; by the minute within the hour, which comes twice when clocks go back.
    if (minutes >= 1440) at.setDate(at.getDate() + 1);
    else if (minutes >= 60) at.setHours(at.getHours() + minutes / 60);
    else at.setTime(at.getTime() + minutes * 60_000);
    const time = at.getTime() * 1000;
    if (time > now + SPANS[span]) return;
    if (time > now) yield time;
  }
}

export function ticksOf(now: number, span: SpanName): Tick[] {
  const ticks: Tick[] = [];
  for (const time of walls(now, span)) {
    const x = (time - now) / SPANS[span];
    const begins = clockShort(time) === "00:00";
    if (x > 0.07 && x < 0.97) ticks.push({ x, text: begins || span === "week" ? day.format(new Date(time / 1000)) : clockShort(time), sub: ticks.length % STEP[span].every === 1 });
  }
  return ticks;
}

export interface Change {
  at: number;
  x: number;
  from: string;
  to: string;
}

const zoneName = new Intl.DateTimeFormat("en-GB", { timeZoneName: "shortOffset", year: "numeric" });
const nameAt = (time: number): string => zoneName.formatToParts(new Date(time / 1000)).find((part) => part.type === "timeZoneName")?.value ?? "";
const offsetAt = (time: number): number => new Date(time / 1000).getTimezoneOffset();

/** Where the viewer's clock changes within the span; null if it does not. */
export function changeOf(now: number, span: SpanName): Change | null {
  const end = now + SPANS[span];
  for (let at = now; at < end; at += HOUR) {
    const next = Math.min(at + HOUR, end);
    if (offsetAt(at) === offsetAt(next)) continue;
    let [low, high] = [at, next];
    while (high - low > MINUTE / 2) {
      const middle = (low + high) / 2;
      if (offsetAt(middle) === offsetAt(low)) low = middle;
      else high = middle;
    }
    return { at: high, x: (high - now) / SPANS[span], from: nameAt(low - MINUTE), to: nameAt(high + MINUTE) };
  }
  return null;
}
