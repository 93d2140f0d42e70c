/** Services and endpoints as the pages show them, from their topics and from what their series come to. */
import { HOUR, MINUTE } from "../format";
import type { Row } from "../live/live.svelte";
import { decoded } from "../router.svelte";

/** The condition that it is of this service, and the conditions that it is of this endpoint, or of all; as topics write them. */
export const ofService = (segment: string): string => `service = ${JSON.stringify(decoded(segment))}`;
export const ofSubject = (service: string, endpoint: string | null): string[] => [ofService(service), ...(endpoint === null ? [] : [`endpoint = ${JSON.stringify(decoded(endpoint))}`])];

/** What a series comes to in a span of time; seconds, and `last_at` in microseconds. */
export interface Total {
  count: number;
  sum: number;
  min: number;
  max: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  last_at: number;
  /** The histogram, where it was asked for: bucket -> count. */
  buckets?: Record<string, number>;
  /** When the first minute, hour or day with a value begins; only of a span. */
  first_at?: number;
}

export interface Step extends Total {
  at: number;
}

export const SPANS = ["hour", "today", "week", "month", "quarter", "all"] as const;
export type Span = (typeof SPANS)[number];

/** How many days a span has; the reader's, the last of which is today. */
export const DAYS: Partial<Record<Span, number>> = { today: 1, week: 7, month: 30, quarter: 90 };

/** When a span begins, in microseconds; days are the reader's. */
export function beginOf(span: Span, now: number): number {
  if (span === "hour") return Math.floor((now - HOUR) / MINUTE) * MINUTE;
  if (span === "all") return 0;
  const midnight = new Date(Math.floor(now / 1000));
  midnight.setHours(0, 0, 0, 0);
  midnight.setDate(midnight.getDate() + 1 - (DAYS[span] ?? 1));
  return midnight.getTime() * 1000;
}

/** The times to compare with: as long before, and beginning at the same hour of the reader's day; null where there is none. */
export function beforeOf(span: Span, now: number): [from: number, to: number] | null {
  const begin = beginOf(span, now);
  if (span === "all") return null;
  if (span === "hour") return [begin - HOUR, now - HOUR];
  return [daysBefore(begin, DAYS[span] ?? 1), daysBefore(now, DAYS[span] ?? 1)];
}

/** The same time of the reader's day, days earlier. */
export function daysBefore(time: number, days: number): number {
  const date = new Date(Math.floor(time / 1000));
  date.setDate(date.getDate() - days);
  return date.getTime() * 1000;
}

/** The width of a step of the charts in seconds; null lets the hub choose. */
export const stepOf = (span: Span): number | null => ({ hour: 60, today: 300, week: 3600, month: 4 * 3600, quarter: 12 * 3600, all: null })[span];

const sum = (counts: Map<string, number> | undefined): number => [...(counts ?? [])].reduce((all, [, count]) => all + count, 0);

export interface ServiceView {
  topic: string;
  segment: string;
  name: string;
  framework: string;
  version: string;
  last: number | null;
  /** Requests ever. */
  all: number;
  processes: Process[];
}

export interface Process {
  host: string;
  pid: number;
  version: string;
  since: number;
}

export function serviceView(row: Row): ServiceView {
  const segment = row.topic.split("/")[1] ?? "";
  return {
    topic: row.topic,
    segment,
    name: row.get<string>("name") ?? decoded(segment),
    framework: row.get<string>("framework") ?? "",
    version: row.get<string>("version") ?? "",
    last: row.get<number>("last") ?? null,
    all: sum(row.get<Map<string, number>>("status")),
    processes: [...(row.get<Map<string, Process>>("processes") ?? [])].map(([, process]) => process),
  };
}

export interface EndpointView {
  topic: string;
  segment: string;
  name: string;
  method: string;
  /** The route, with what of it the endpoint is, or in words that there is none. */
  route: string;
  last: number | null;
  all: number;
  /** How closely it is looked at; null where that is not known. */
  level: number | null;
}

export function endpointView(row: Row, unrouted: string): EndpointView {
  const segment = row.topic.split("/")[3] ?? "";
  const name = row.get<string>("name") ?? decoded(segment);
  const method = row.get<string>("method") ?? "";
  const [routed, begin] = [row.get<string | null>("route") != null, `${method} `];
  return {
    topic: row.topic,
    segment,
    name,
    method,
    // The name says more than the route where this has several endpoints, as that of the callbacks of Dash.
    route: method !== "" && !routed ? unrouted : name.startsWith(begin) ? name.slice(begin.length) : name,
    last: row.get<number>("last") ?? null,
    all: sum(row.get<Map<string, number>>("status")),
    level: row.get<number | null>("level") ?? null,
  };
}

/** One row of figures, whatever it is of. */
export interface Figures {
  hits: number;
  failed: number;
  total: Total | null;
}

export const figuresOf = (series: Record<string, Total | null> | undefined): Figures => ({
  hits: series?.["duration"]?.count ?? 0,
  failed: series?.["errors"]?.count ?? 0,
  total: series?.["duration"] ?? null,
});

/** Answers by status code, the commonest first, with their share. */
export function answersOf(status: Map<string, number>): { code: string; count: number; share: number }[] {
  const all = sum(status);
  return [...status]
    .map(([code, count]) => ({ code, count, share: count / Math.max(1, all) }))
    .sort((one, other) => other.count - one.count || one.code.localeCompare(other.code));
}

/** Every step from `begin` (or the first that has something) to the one that is under way, in microseconds. */
export function timesOf(steps: readonly { at: number }[], seconds: number, begin: number, now: number): number[] {
  const width = seconds * 1e6;
  const first = begin === 0 ? (steps[0]?.at ?? now) : Math.floor(begin / width) * width;
  const running = Math.floor(now / width) * width;
  const length = steps.length === 0 ? 0 : Math.max(0, (running - first) / width) + 1;
  return Array.from({ length }, (_, i) => first + i * width);
}

/** Points of a chart: [time, value of each] at each time; `values` take a step, or null where nothing came. */
export function pointsOf(times: number[], steps: Step[], ...values: ((step: Step | null) => number | null)[]): [string, ...(number | null)[]][] {
  const known = new Map(steps.map((step) => [step.at, step]));
  return times.map((at) => [new Date(at / 1000).toISOString(), ...values.map((value) => value(known.get(at) ?? null))]);
}

/** Milliseconds that a rate is of at least, as in the chart of rates: producers tell once a second, and not all at once. */
const SOONEST = 4000;

/** Requests a second lately: `samples` are [milliseconds, requests ever], the oldest first. */
export function rateOf(samples: readonly (readonly [number, number])[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last[0] - first[0] < SOONEST) return null;
  return (1000 * (last[1] - first[1])) / (last[0] - first[0]);
}

/** For how long a rate looks back. */
export const LATELY = 10_000;

