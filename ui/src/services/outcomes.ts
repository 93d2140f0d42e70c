/** How requests ended over a time: well, refused (4xx) or failed (5xx). Times are in microseconds, UTC. */
import { get } from "../api";
import { DAY, MINUTE, zone } from "../format";
import { answerTexts as t } from "../texts/answers";
import { countsIn, partOf, stepsFrom, type Cell, type Part } from "./days";
import { beginOf, stepOf, timesOf, type Span } from "./service";
import { firstOf, readMembers } from "./totals.svelte";

/** The series that tell it, and what of them. */
export const OUTCOMES = "series=duration,refused,errors&figures=count";

export interface Member {
  topic: string;
  field: string;
  cells: Cell[];
}

export interface Outcomes {
  all: Cell[];
  refused: Cell[];
  failed: Cell[];
}

/** Of one topic. */
export function outcomesOf(topic: string, series: readonly Member[]): Outcomes {
  const of = (field: string) => series.find((one) => one.topic === topic && one.field === field)?.cells ?? [];
  return { all: of("duration"), refused: of("refused"), failed: of("errors") };
}

/** As parts of bars, those that there are. */
export function outcomeParts({ all, refused, failed }: Outcomes, steps: readonly number[]): Part[] {
  const [alls, refusals, failures] = [all, refused, failed].map((cells) => countsIn(steps, cells)) as [number[], number[], number[]];
  const well = alls.map((count, i) => Math.max(0, count - (refusals[i] ?? 0) - (failures[i] ?? 0)));
  return [partOf(t.outcomes.well, 1, well), partOf(t.outcomes.refused, 2, refusals), partOf(t.outcomes.failed, 4, failures)].filter(({ sum }) => sum > 0);
}

/** Points of a chart: [time, percent refused, percent failed], null where there were no requests; a step is `width` long. */
export function shareOf({ all, refused, failed }: Outcomes, steps: readonly number[], width: number): [string, number | null, number | null][] {
  const [alls, refusals, failures] = [all, refused, failed].map((cells) => countsIn(steps, cells, (steps.at(-1) ?? 0) + width)) as [number[], number[], number[]];
  const percent = (count: number | undefined, of: number) => (of === 0 ? null : Number(((100 * (count ?? 0)) / of).toPrecision(3)));
  return steps.map((at, i) => [new Date(at / 1000).toISOString(), percent(refusals[i], alls[i] ?? 0), percent(failures[i], alls[i] ?? 0)]);
}

/** Hours of a bar; of an hour it is a minute. */
const HOURS: Partial<Record<Span, number>> = { today: 1, week: 6 };
const MOST_DAYS = 92;

/** When the bars of a span begin: minutes, hours and days of the viewer's clock, of long times weeks. */
export function barsOf(span: Span, begin: number, now: number): number[] {
  if (span === "hour") return Array.from({ length: Math.ceil((now - begin) / MINUTE) }, (_, i) => begin + i * MINUTE);
  return stepsFrom(begin, now, HOURS[span] ?? (now - begin > MOST_DAYS * DAY ? 7 * 24 : 24));
}

/** How many were refused before that was told over time, and so stand among those that went well. */
export async function readUntold(topic: string): Promise<number> {
  const [first] = await readMembers(`prefix=${encodeURIComponent(topic)}&series=refused&figures=count&fields=status`, 0, null, 1);
  const status = first?.topic === topic ? ((first.state?.["status"] ?? {}) as Record<string, number>) : {};
  const refused = Object.entries(status).reduce((sum, [code, count]) => sum + (code.startsWith("4") ? count : 0), 0);
  return Math.max(0, refused - (first?.series["refused"]?.count ?? 0));
}

export interface Told extends Outcomes {
  /** When the points of a line begin, and how wide they are. */
  times: number[];
  step: number;
  bars: number[];
}

/** All of it for one span, in one request. */
export async function readOutcomes(topic: string, span: Span, now: number): Promise<Told> {
  const begin = span === "all" ? await firstOf(topic) : beginOf(span, now);
  const step = stepOf(span);
  // Bars are made of hours, so that they are those of the viewer's clock; lines of what is as wide or wider.
  const width = step === null ? `day&tz=${encodeURIComponent(zone())}` : Math.min(step, 3600);
  const { series } = await get<{ series: Member[] }>(`/api/series?prefix=${encodeURIComponent(topic)}&limit=1&${OUTCOMES}&from=${Math.round(begin)}&step=${width}`);
  const outcomes = outcomesOf(topic, series);
  const times = step === null ? stepsFrom(begin, now) : timesOf(outcomes.all, step, begin, now);
  return { ...outcomes, times, step: (step ?? DAY / 1e6) * 1e6, bars: barsOf(span, begin, now) };
}
