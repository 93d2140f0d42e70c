/** What a job's topic says, and what follows from it: how far, how fast, how long still, and whether it stands. */
import { brief, capital, clock, compact, distance, duration, MINUTE, number, SECOND, sentence, span } from "../format";
import type { Row } from "../live/live.svelte";
import { jobTexts as t } from "../texts/jobs";

export interface Failure {
  type: string;
  message: string;
}

export interface JobView {
  id: string;
  name: string;
  role: string;
  state: string;
  reason: string;
  parent: string | null;
  program: string;
  process: string;
  started: number;
  ended: number | null;
  done: number | null;
  total: number | null;
  unit: string;
  postfix: string;
  rate: number | null;
  changed: number | null;
  host: string;
  user: string;
  pid: number | null;
  run: string | null;
  error: Failure | null;
  /** How many processes or threads it has at work. */
  workers: number | null;
  /** It can be stopped from here, and who has done so. */
  stops: boolean;
  stopping: Stopping | null;
  /** What its program ended with. */
  code: number | null;
}

export interface Stopping {
  by: string;
  at: number;
}

/** What a view is made of: all that is to be read of a job that is only listed. */
export const JOB_FIELDS = [
  "name", "role", "state", "reason", "parent", "program", "process", "started", "ended", "done", "total", "unit", "postfix", "rate", "changed",
  "host", "user", "pid", "run", "error", "workers", "stops", "stopping", "code",
] as const;

interface Fields {
  get<T = unknown>(field: string): T | undefined;
}

const views = new WeakMap<Fields, JobView>();

/** The view of a row, which is another object when its job has changed. */
export function viewOf(row: Row): JobView {
  const view = views.get(row) ?? jobView(row.topic, row);
  views.set(row, view);
  return view;
}

export function jobView(topic: string, fields: Fields): JobView {
  const text = (field: string) => fields.get<string | null>(field) ?? "";
  const value = (field: string) => fields.get<number | null>(field) ?? null;
  const id = topic.slice(topic.indexOf("/") + 1);
  const [started, ended, done] = [value("started") ?? 0, value("ended"), value("done")];
  return {
    id,
    name: text("name") || id,
    role: text("role"),
    state: text("state"),
    reason: text("reason"),
    parent: fields.get<string | null>("parent") ?? null,
    program: text("program"),
    process: text("process"),
    started,
    ended,
    done,
    total: value("total"),
    unit: text("unit"),
    postfix: text("postfix"),
    // Of a job that was over at once its times say it.
    rate: value("rate") ?? (ended !== null && ended > started && done ? (done / (ended - started)) * SECOND : null),
    changed: value("changed"),
    host: text("host"),
    user: text("user"),
    pid: value("pid"),
    run: fields.get<string | null>("run") ?? null,
    error: fields.get<Failure | null>("error") ?? null,
    workers: value("workers"),
    stops: fields.get<boolean>("stops") ?? false,
    stopping: fields.get<Stopping | null>("stopping") ?? null,
    code: value("code"),
  };
}

/** From 0 to 1; null without a total. */
export function shareOf(job: JobView): number | null {
  if (job.total === null || job.done === null) return null;
  return job.total > 0 ? Math.min(1, Math.max(0, job.done / job.total)) : 1;
}

/** Microseconds that it has run for. */
export const elapsedOf = (job: JobView, now: number): number => Math.max(0, (job.ended ?? now) - job.started);

/** The same in words; of what runs in whole seconds, as they count. */
export function elapsedText(job: JobView, now: number): string {
  const elapsed = elapsedOf(job, now);
  return job.ended === null && elapsed < MINUTE ? distance(elapsed) : duration(elapsed);
}

/** When it will be done, at its rate; null if nobody can say. */
export function endOf(job: JobView): number | null {
  if (job.state !== "running" || job.total === null || job.done === null || job.changed === null || !job.rate) return null;
  return job.changed + Math.max(0, (job.total - job.done) / job.rate) * SECOND;
}

/** So far, or by this share of what is left, an end has to move before it is another one. */
const STEADY = 2 * SECOND;
const SHARE = 0.05;

/** The end as it is shown: what moves it little is how one measures, and no news. Feed it with each estimate. */
export function steadily(): (end: number | null, now: number) => number | null {
  let shown: number | null = null;
  return (end, now) => {
    if (end === null || shown === null || Math.abs(end - shown) > Math.max(STEADY, SHARE * (end - now))) shown = end;
    return shown;
  };
}

const FIVE = 5 * SECOND;

/** How long still, rounded up: in steps of five seconds from a minute on, of a minute from ten on. */
export function leftText(left: number): string {
  const step = left > 10 * MINUTE ? MINUTE : left > MINUTE ? FIVE : SECOND;
  return span(Math.max(step, Math.ceil(left / step) * step));
}

/** What ended it, where that is more than its state says. */
export function whyText(job: JobView): string {
  if (job.state === "running" || job.state === "done") return "";
  if (job.stopping) return t.wasStopped(job.stopping.by, clock(job.stopping.at));
  if (job.error) return job.error.message === "" ? job.error.type : `${job.error.type}: ${job.error.message}`;
  return job.state === "lost" ? sentence(capital(job.reason)) : "";
}

/** Whose it is, and where it runs. */
export const placeText = (job: JobView): string =>
  [t.on(job.user, job.host), ...(job.pid === null ? [] : [t.process(job.pid)])].filter((text) => text !== "").join(", ");

const PATIENCE = 10 * SECOND;
/** So many times longer than a step lately takes. */
const STEPS = 10;

/** Microseconds for which it has stood still, if that is long for it; else null. */
export function standsFor(job: JobView, now: number): number | null {
  if (job.state !== "running" || job.changed === null || job.role !== "bar") return null;
  const silent = now - job.changed;
  const usual = job.rate ? SECOND / job.rate : 0;
  return silent > Math.max(PATIENCE, STEPS * usual) ? silent : null;
}

/** Three digits, whole from a hundred on, so that it does not dance. */
const pace = (value: number): string => (value >= 100 ? compact(Math.round(value)) : number(value, value >= 10 ? 1 : 2));

/** "128 rows/s"; slower than one a second, how long one takes. */
export function rateText(job: JobView, rate = job.rate): string {
  const unit = job.unit === "" ? "it" : job.unit;
  if (!rate) return "";
  return rate >= 1 ? `${pace(rate)} ${unit}/s` : `${duration(SECOND / rate)}/${unit}`;
}

/** "30 of 73 part", "588 file". */
export function doneText(job: JobView): string {
  if (job.done === null) return "";
  const done = job.total === null ? brief(job.done) : t.of(brief(job.done), brief(job.total));
  return job.unit === "" || job.unit === "it" ? done : `${done} ${job.unit}`;
}

/** [time, units a second] between the points of a history [time, done]. */
export function ratesOf(history: [number, number][]): [string, number][] {
  const rates: [string, number][] = [];
  for (let i = 1; i < history.length; i++) {
    const [[before, from], [at, to]] = [history[i - 1] as [number, number], history[i] as [number, number]];
    if (at > before && to >= from) rates.push([new Date(at / 1000).toISOString(), ((to - from) / (at - before)) * SECOND]);
  }
  return rates;
}
