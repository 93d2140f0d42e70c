/** A script's topic, read once into what the pages show. */
import { decoded, scriptPath } from "./router.svelte";
import { needsAttention, rank, scriptLook, type Look } from "./status";
import { texts } from "./texts";

export interface Fields {
  get<T = unknown>(field: string): T | undefined;
}

export interface Hook {
  name: string;
  text: string;
  every: number | null;
  next: number | null;
  last_run: string | null;
  last_state: string | null;
  skipped: number;
  setup: boolean;
  /** It runs when somebody uses an input of the panel, and at no other time. */
  onInput: boolean;
  /** It can be given arguments. */
  takes: boolean;
  retryAt: number | null;
}

export type StripBar = [id: string, state: string, duration: number | null, started: number | null];

export interface ScriptView {
  topic: string;
  segment: string;
  name: string;
  path: string;
  look: Look;
  /** How it is apart from what runs just now: a hook that failed still has while another one runs. */
  rest: Look;
  schedule: string;
  lastRun: string | null;
  /** The run to look at when the script needs attention: the latest of a hook whose latest run failed. */
  failedRun: string | null;
  lastStarted: number | null;
  lastDuration: number | null;
  nextDue: number | null;
  running: string | null;
  /** When a run that failed is tried again. */
  retryAt: number | null;
  /** False while its files do not load or are gone. */
  mayRun: boolean;
  strip: StripBar[];
  hooks: Hook[];
  /** Its schedules, all or some, start nothing until somebody resumes them. */
  paused: "all" | "some" | null;
  /** Why it is as it is, in words; empty if nothing is to be said. */
  says: string;
}

/** What every list of scripts asks for: one query, so that all of them share one watch. */
export const ALL_SCRIPTS = { kind: "script", order: "name", limit: 1000 };

/** Each hook as its script declares it, with what has become of it lately. */
export function toldHooks<T>(fields: Fields): [string, Partial<T>][] {
  const lately = fields.get<Map<string, Partial<T>>>("lately");
  return [...(fields.get<Map<string, Partial<T>>>("hooks") ?? [])].map(([name, one]) => [name, { ...one, ...lately?.get(name) }]);
}

export function hooksOf(fields: Fields): Hook[] {
  return toldHooks<Hook & { inputs: string[]; cron: string | null; parameters: unknown[]; retry: { at: number } | null }>(fields)
    .map(([name, given]) => ({
      name,
      text: given.text ?? (given.every ? texts.script.every(given.every) : ""),
      every: given.every ?? null,
      next: given.next ?? null,
      last_run: given.last_run ?? null,
      last_state: given.last_state ?? null,
      skipped: given.skipped ?? 0,
      setup: given.setup ?? false,
      onInput: (given.inputs ?? []).length > 0 && !given.every && !given.cron,
      takes: (given.parameters ?? []).length > 0,
      retryAt: given.retry?.at ?? null,
    }))
    .sort((one, other) => Number(one.setup) - Number(other.setup) || (one.name < other.name ? -1 : 1));
}

export function scriptView(topic: string, fields: Fields): ScriptView {
  const segment = topic.split("/")[1] ?? "";
  const hooks = hooksOf(fields);
  const paused = pausedOf(fields);
  const state = fields.get<string>("state");
  const given = { last: fields.get<string>("last_state"), attention: fields.get<boolean>("attention"), paused: paused === "all" };
  const look = scriptLook({ ...given, state });
  return {
    topic,
    segment,
    name: fields.get<string>("name") ?? decoded(segment),
    path: scriptPath(segment),
    look,
    rest: state === "running" ? scriptLook({ ...given, state: "idle" }) : look,
    schedule: scheduleOf(fields, hooks),
    lastRun: fields.get<string | null>("last_run") ?? null,
    failedRun: failedOf(hooks)?.last_run ?? fields.get<string | null>("last_run") ?? null,
    lastStarted: fields.get<number | null>("last_started") ?? null,
    lastDuration: fields.get<number | null>("last_duration") ?? null,
    nextDue: fields.get<number | null>("next_due") ?? null,
    running: fields.get<string | null>("running") ?? null,
    retryAt: retryOf(hooks),
    mayRun: !["broken", "gone"].includes(fields.get<string>("state") ?? ""),
    strip: [...(fields.get<StripBar[]>("strip") ?? [])],
    hooks,
    paused,
    says: sayOf(fields, hooks),
  };
}

function retryOf(hooks: Hook[]): number | null {
  const times = hooks.flatMap((hook) => hook.retryAt ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

function pausedOf(fields: Fields): ScriptView["paused"] {
  const paused = fields.get<Map<string, unknown>>("paused");
  return paused?.has("*") ? "all" : paused?.size ? "some" : null;
}

const views = new WeakMap<Fields, ScriptView>();

/** The view of a member of a list, made once for each change of it: lists of a thousand scripts are drawn anew many times a second. */
export function scriptOf(row: Fields & { readonly topic: string }): ScriptView {
  const made = views.get(row) ?? scriptView(row.topic, row);
  views.set(row, made);
  return made;
}

const LONGEST = 200;
/** Of more schedules than these their number is told. */
const MOST_TOLD = 3;

function scheduleOf(fields: Fields, hooks: Hook[]): string {
  const planned = hooks.filter((hook) => !hook.setup && !hook.onInput && hook.text).map((hook) => hook.text);
  if (planned.length > MOST_TOLD) return texts.script.schedules(planned.length);
  return [...new Set(planned)].join("; ") || (fields.get<string>("state") === "broken" ? texts.script.untilMended : texts.script.byHand);
}

export interface Failure {
  type?: string | null;
  message?: string;
  hint?: string | null;
  file?: string;
  line?: number;
}

/** "KeyError: 'register_id' (parse.py, line 48)", as far as it is known. */
export function failureText(error: Failure | null | undefined): string {
  if (!error) return "";
  const what = firstLine([error.type, error.message].filter(Boolean).join(": "));
  // Python's own text of a syntax error names the place already.
  const place = error.file && !what.includes(`, line ${error.line})`) ? ` (${error.file.split("/").at(-1)}${error.line ? `, line ${error.line}` : ""})` : "";
  return what + place;
}

/** Messages may be long, and lists are not the place for them. */
function firstLine(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

const failedOf = (hooks: Hook[]): Hook | undefined =>
  hooks.find((hook) => hook.last_state === "failed" || hook.last_state === "lost");

function sayOf(fields: Fields, hooks: Hook[]): string {
  const state = fields.get<string>("state");
  if (state === "broken") return failureText(fields.get<Failure>("error")) || (fields.get<string>("reason") ?? "");
  const failed = failedOf(hooks);
  // While another hook runs the reason is that one.
  if (failed && fields.get<boolean>("attention")) return (state !== "running" && fields.get<string>("reason")) || texts.script.failedHook(failed.name);
  return state === "idle" || state === "running" ? "" : (fields.get<string>("reason") ?? "");
}

/** Until the hook that failed has gone well. */
export const isInNeed = (script: ScriptView): boolean => needsAttention(script.rest);

/** Worst first, then by name. */
export function worstFirst(scripts: ScriptView[]): ScriptView[] {
  const place = (one: ScriptView) => rank(isInNeed(one) ? one.rest : one.look);
  return [...scripts].sort((one, other) => place(one) - place(other) || (one.name < other.name ? -1 : 1));
}

/** The name that a misspelt filter most likely meant: the one that shares the longest run of letters from the start. */
export function nearest(names: string[], wanted: string): string | null {
  const shared = (name: string) => {
    let length = 0;
    while (length < wanted.length && name[length]?.toLowerCase() === wanted[length]?.toLowerCase()) length += 1;
    return length;
  };
  const best = [...names].sort((one, other) => shared(other) - shared(one))[0];
  return best !== undefined && shared(best) > 0 ? best : null;
}
