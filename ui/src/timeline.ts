/** Where runs stand on the timeline of the last hour and the next: shares of its width, the needle at the half. */
import { clockShort, HOUR, MINUTE } from "./format";
import type { ScriptView } from "./scripts";
import { lookOf, needsAttention } from "./status";

export interface Bar {
  key: string;
  x: number;
  w: number;
  tone: string;
}

export interface Lane {
  script: ScriptView;
  bars: Bar[];
  /** It runs so often that bars would only be a block. */
  dense: boolean;
}

const LANES = 8;
const SPAN = 2 * HOUR;
const DENSE = 90e6;
const PLANNED = 24;

export const place = (time: number, now: number): number => (time - now) / SPAN + 0.5;

const shortest = (script: ScriptView): number => Math.min(...script.hooks.filter((hook) => !hook.setup).map((hook) => hook.every ?? Infinity));

/** Those that need attention first, then those that run most often, then the rest, in all at most eight. */
export function lanesOf(scripts: ScriptView[], now: number): Lane[] {
  const lanes = scripts.map((script) => ({ script, dense: shortest(script) < DENSE, bars: barsOf(script, now) }));
  const weight = (lane: Lane) => (needsAttention(lane.script.look) ? 1e6 : 0) + (lane.dense ? 0 : 1000) + lane.bars.length;
  return lanes
    .filter((lane) => lane.dense || lane.bars.length > 0)
    .sort((one, other) => weight(other) - weight(one) || (one.script.name < other.script.name ? -1 : 1))
    .slice(0, LANES);
}

function barsOf(script: ScriptView, now: number): Bar[] {
  const bars: Bar[] = [];
  for (const [id, state, length, started] of script.strip) {
    if (started === null || started + (length ?? 0) < now - HOUR) continue;
    const end = state === "running" ? now : started + (length ?? 0);
    const x = Math.max(0, place(started, now));
    bars.push({ key: id, x, w: Math.max(0, Math.min(0.5, place(end, now)) - x), tone: lookOf(state).tone });
  }
  return [...bars, ...plannedOf(script, now)];
}

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
