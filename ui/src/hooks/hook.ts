/** A hook as its script's topic tells it, for the page about hooks. */
import { parametersOf, type Parameter } from "./arguments";
import { toldHooks, type Fields } from "../scripts";

export interface Pause {
  at: number;
  by: string | null;
}

export interface HookDetail {
  name: string;
  text: string;
  every: number | null;
  cron: string | null;
  timeout: number | null;
  retries: number;
  backoff: number | null;
  overlap: string;
  skip: string[] | null;
  module: string | null;
  line: number | null;
  next: number | null;
  planned: number | null;
  last_run: string | null;
  last_state: string | null;
  skipped: number;
  last_skip: { at: number; times: number; reason: string } | null;
  slipped: number;
  last_slip: { at: number; run: string; late: number } | null;
  last_unusual: { kind: string; usual: number; at: number; run: string; duration: number } | null;
  retry: { at: number; of: string; attempt: number } | null;
  setup: boolean;
  inputs: string[];
  parameters: Parameter[];
  /** Of it alone, or of its whole script. */
  pause: Pause | null;
  pausedAlone: boolean;
}

/** Stands for the whole script among what is paused. */
export const ALL = "*";

const EMPTY: HookDetail = {
  name: "", text: "", every: null, cron: null, timeout: null, retries: 0, backoff: null, overlap: "skip", skip: null, module: null, line: null,
  next: null, planned: null, last_run: null, last_state: null, skipped: 0, last_skip: null, slipped: 0, last_slip: null, last_unusual: null,
  retry: null, setup: false, inputs: [], parameters: [], pause: null, pausedAlone: false,
};

export const isScheduled = (hook: HookDetail): boolean => hook.every !== null || hook.cron !== null;

/** Those with a schedule first, setup last. */
export function detailsOf(fields: Fields): HookDetail[] {
  const paused = fields.get<Map<string, Pause>>("paused") ?? new Map<string, Pause>();
  const rank = (hook: HookDetail) => (hook.setup ? 2 : isScheduled(hook) ? 0 : 1);
  return toldHooks<HookDetail>(fields)
    .map(([name, one]) => ({
      ...EMPTY,
      ...one,
      name,
      parameters: parametersOf(one.parameters),
      pause: paused.get(name) ?? paused.get(ALL) ?? null,
      pausedAlone: paused.has(name),
    }))
    .sort((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1));
}

/** The file that a hook stands in, as its script's source names it; null if that is not known. */
export function fileOf(hook: HookDetail, path: string | undefined): string | null {
  if (!hook.module || !path) return null;
  return path.endsWith(".py") ? (path.split("/").at(-1) ?? null) : `${hook.module.replaceAll(".", "/")}.py`;
}
