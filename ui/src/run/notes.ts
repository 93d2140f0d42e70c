/** What is worth knowing about a run before its details, in sentences. */
import type { HookDetail } from "../hooks/hook";
import { dateClock, relative } from "../format";
import type { Fields } from "../scripts";
import { runTexts } from "../texts/run";
import type { Past } from "./history";

export interface Note {
  tone: "" | "done" | "warn" | "failed";
  text: string;
  /** The run that it names, and in which words. */
  run?: { id: string; text: string };
}

const t = runTexts.notes;
const SLIPS = 1e6;

/** `hook` as the script has it now; `script` is its topic; `nextGood` the first run after this one that went well. */
export function notesOf(id: string, run: Fields, hook: HookDetail | undefined, script: Fields, now: number, nextGood: Past | null = null): Note[] {
  const state = run.get<string>("state") ?? "";
  return [
    ...waitingOf(state, script),
    ...limitOf(state, run, hook, now),
    ...attemptOf(id, state, run, hook, now),
    ...thenOf(id, state, hook, now, nextGood),
    ...measureOf(run),
    ...filesOf(run, script),
  ];
}

const isBad = (state: string): boolean => state === "failed" || state === "lost";

/** What came after a run that failed, or comes. */
function thenOf(id: string, state: string, hook: HookDetail | undefined, now: number, nextGood: Past | null): Note[] {
  if (!isBad(state)) return [];
  if (nextGood) return [{ tone: "done", text: t.wellAgain, run: { id: nextGood.id, text: dateClock(nextGood.started, now) } }];
  if (!hook || hook.last_run !== id || hook.retry) return [];
  if (hook.pause) return [{ tone: "warn", text: t.paused }];
  return hook.next === null ? [] : [{ tone: "", text: t.next(relative(Math.max(hook.next, now), now)) }];
}

function waitingOf(state: string, script: Fields): Note[] {
  if (state !== "waiting") return [];
  const reason = script.get<string>("reason") ?? "";
  return [{ tone: "", text: script.get<string>("state") === "running" && reason ? t.behindHook(reason) : t.forWorker(reason) }];
}

function limitOf(state: string, run: Fields, hook: HookDetail | undefined, now: number): Note[] {
  const started = run.get<number>("started");
  if (state !== "running" || !hook?.timeout || started === undefined) return [];
  return [{ tone: "", text: t.timeLeft(hook.timeout, started + hook.timeout - now) }];
}

function attemptOf(id: string, state: string, run: Fields, hook: HookDetail | undefined, now: number): Note[] {
  const attempt = run.get<number>("attempt") ?? 1;
  const first = run.get<string>("retry_of") ?? id;
  const all = (hook?.retries ?? 0) + 1;
  const notes: Note[] = attempt > 1 ? [{ tone: "", text: t.attempt(attempt, Math.max(all, attempt)), run: { id: first, text: runTexts.firstRun } }] : [];
  if (!isBad(state)) return notes;
  const next = hook?.retry;
  if (next && next.of === first && next.attempt === attempt + 1) notes.push({ tone: "warn", text: t.again(relative(Math.max(next.at, now), now), next.attempt, all) });
  else if (all > 1 && attempt >= all) notes.push({ tone: "failed", text: t.lastAttempt(all) });
  return notes;
}

function measureOf(run: Fields): Note[] {
  const late = run.get<number>("late") ?? 0;
  const missed = run.get<number>("missed") ?? 0;
  const unusual = run.get<{ kind: string; usual: number } | null>("unusual");
  return [
    ...(late >= SLIPS && run.get("cause") === "schedule" ? [{ tone: "warn" as const, text: t.late(late) }] : []),
    ...(missed > 0 ? [{ tone: "warn" as const, text: t.missed(missed) }] : []),
    ...(unusual ? [{ tone: "warn" as const, text: t.unusual(unusual.kind, run.get<number>("duration") ?? 0, unusual.usual) }] : []),
  ];
}

/** Whether the files of the script are others than those that ran. */
export function hasChanged(run: Fields, script: Fields): boolean {
  const [then, now] = [run.get<string>("version"), script.get<string>("version")];
  return Boolean(then && now && then !== now);
}

const filesOf = (run: Fields, script: Fields): Note[] => (hasChanged(run, script) ? [{ tone: "", text: t.changed }] : []);
