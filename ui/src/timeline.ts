/** Where runs stand on the timeline of the last hour and the next: shares of its width, the needle at the half. */
import { clockShort, HOUR, MINUTE } from "./format";
import { minuteOf, stretches, total, type Hour } from "./lasthour";
import { isInNeed, type ScriptView, type StripBar } from "./scripts";
import { lookOf } from "./status";

export interface Bar {
  key: string;
  x: number;
  w: number;
  tone: string;
  /** Share of the height, if it is not all of it. */
  h?: number;
}

export interface Lane {
  script: ScriptView;
  bars: Bar[];
  /** It runs so often that its runs are drawn as one bar. */
  dense: boolean;
  /** In the last hour; null if that is not known. */
  counts: { runs: number; failed: number } | null;
}

const LANES = 8;
const SPAN = 2 * HOUR;
const DENSE = 90e6;
const PLANNED = 60;
/** Empty minutes that a script leaves which runs as seldom as a dense one may. */
const GAP = 1;
/** Share of the height that one failure among many still has. */
const LOWEST = 0.25;

export const place = (time: number, now: number): number => (time - now) / SPAN + 0.5;

const shortest = (script: ScriptView): number => Math.min(...script.hooks.filter((hook) => !hook.setup).map((hook) => hook.every ?? Infinity));

/** Those that need attention first, then those that failed, then the busiest, in all at most eight. */
export function lanesOf(scripts: ScriptView[], now: number, hours: Map<string, Hour> = new Map()): Lane[] {
  const lanes = scripts.map((script) => laneOf(script, now, hours.get(script.topic)));
  const weight = (lane: Lane) =>
    (isInNeed(lane.script) ? 1e7 : 0) + (lane.bars.some(isBad) ? 1e6 : 0) + (lane.dense ? 0 : 1000) + lane.bars.length;
  return lanes
    .filter((lane) => lane.bars.length > 0)
    .sort((one, other) => weight(other) - weight(one) || (one.script.name < other.script.name ? -1 : 1))
    .slice(0, LANES);
}

const isBad = (bar: Bar): boolean => bar.tone === "failed" || bar.tone === "lost";

function laneOf(script: ScriptView, now: number, hour: Hour | undefined): Lane {
  const dense = shortest(script) < DENSE;
  const ran = barsOf(script.strip, now);
  // Of what runs all the time each minute has one mark for its failures: a mark each would be a block.
  const single = !dense ? ran : hour ? [] : ran.filter(isBad);
  const before = dense ? Infinity : minuteOf(Math.min(now, ...startsOf(script)));
  return {
    script,
    dense,
    bars: [...(dense ? steady(script, now, hour) : []), ...single, ...failedMinutes(hour, now, before), ...(dense ? always(script) : plannedOf(script, now))],
    counts: hour ? { runs: total(hour.runs), failed: total(hour.failed) } : null,
  };
}

function barsOf(strip: StripBar[], now: number): Bar[] {
  const bars: Bar[] = [];
  for (const [id, state, length, started] of strip) {
    if (started === null || started + (length ?? 0) < now - HOUR) continue;
    const end = state === "running" ? now : started + (length ?? 0);
    const x = Math.max(0, place(started, now));
    bars.push({ key: id, x, w: Math.max(0, Math.min(0.5, place(end, now)) - x), tone: lookOf(state).tone });
  }
  return bars;
}

const startsOf = (script: ScriptView): number[] => script.strip.flatMap((bar) => (bar[3] === null ? [] : [bar[3]]));

/** From the first known run to the last, with holes where nothing ran. */
function steady(script: ScriptView, now: number, hour: Hour | undefined): Bar[] {
  const starts = startsOf(script).filter((started) => started > now - HOUR);
  const first = Math.min(...starts);
  const minutes = [...(hour?.runs.keys() ?? []), ...starts.map(minuteOf)];
  return stretches(minutes, GAP).map(([from, to]) => {
    const begun = minuteOf(first) === from ? first : from * MINUTE;
    const x = Math.max(0, place(begun, now));
    return { key: `steady ${from}`, x, w: Math.max(0, Math.min(0.5, place((to + 1) * MINUTE, now)) - x), tone: "steady" };
  });
}

/** A mark in each minute with failures, as high as their share of its runs; only minutes before those whose runs have marks of
 * their own. */
function failedMinutes(hour: Hour | undefined, now: number, before: number): Bar[] {
  return [...(hour?.failed ?? [])]
    .filter(([minute]) => minute < before)
    .map(([minute, bad]) => {
      const x = Math.max(0, place(minute * MINUTE, now));
      const share = bad / Math.max(bad, hour?.runs.get(minute) ?? 0);
      const tone = hour?.lost.get(minute) === bad ? "lost" : "failed";
      return { key: `failed ${minute}`, x, w: Math.min(0.5, place((minute + 1) * MINUTE, now)) - x, tone, h: Math.max(LOWEST, share) };
    });
}

const always = (script: ScriptView): Bar[] => (script.nextDue === null ? [] : [{ key: "next", x: 0.5, w: 0.5, tone: "next" }]);

function plannedOf(script: ScriptView, now: number): Bar[] {
  const bars: Bar[] = [];
  const width = (script.lastDuration ?? 0) / SPAN;
  for (const hook of script.hooks) {
    let due = hook.next;
    while (due !== null && due < now + HOUR && bars.length < PLANNED) {
      if (due > now) bars.push({ key: `${hook.name} ${due}`, x: place(due, now), w: width, tone: "next" });
      if (!hook.every) break;
      due += hook.every;
    }
  }
  return bars;
}

/** Labels at round quarters of an hour, none so near to the needle that they would touch its own. */
export function marksOf(now: number): { x: number; text: string; sub: boolean; near: boolean }[] {
  const step = 15 * MINUTE;
  const marks = [];
  // Round in the viewer's zone, whose offset may be half an hour.
  const offset = new Date(now / 1000).getTimezoneOffset() * MINUTE;
  for (let at = Math.ceil((now - HOUR - offset) / step) * step + offset; at < now + HOUR; at += step) {
    const x = place(at, now);
    if (Math.abs(x - 0.5) > 0.055 && x > 0.02 && x < 0.98) marks.push({ x, text: clockShort(at), sub: ((at - offset) / step) % 2 !== 0, near: Math.abs(x - 0.5) < 0.14 });
  }
  return marks;
}
