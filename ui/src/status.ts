/** How the states of scripts and runs look: a class that gives the colour, an icon that gives the shape, a word. */
import { texts } from "./texts";

export interface Look {
  tone: "failed" | "lost" | "warn" | "stale" | "starting" | "running" | "waiting" | "done" | "skipped" | "off";
  word: string;
}

const TONES: Record<string, Look["tone"]> = {
  done: "done", running: "running", failed: "failed", broken: "failed", lost: "lost", waiting: "waiting", idle: "waiting",
  cancelled: "off", stopped: "off", interrupted: "warn", skipped: "skipped", loading: "starting", preparing: "starting", gone: "off", paused: "off",
};

/** Worst first, the order of every list. */
const ORDER: Look["tone"][] = ["failed", "lost", "warn", "stale", "starting", "running", "waiting", "done", "skipped", "off"];

export const lookOf = (state: string | null | undefined): Look => ({
  tone: TONES[state ?? ""] ?? "waiting",
  word: texts.state[state ?? ""] ?? state ?? texts.unknown,
});

export const iconOf = (tone: Look["tone"]): string => (tone === "warn" ? "warning" : tone);

export const rank = (look: Look): number => ORDER.indexOf(look.tone);

/** What a script's topic says about it. */
export interface ScriptState {
  state: string | undefined;
  last: string | null | undefined;
  attention: boolean | undefined;
  /** The whole of it is paused. */
  paused?: boolean;
}

/** Broken and running are seen at once; else the last end speaks, for a script at rest is as its last run was. */
export function scriptLook({ state, last, attention, paused }: ScriptState): Look {
  if (state === "broken" || state === "running" || state === "loading" || state === "preparing" || state === "gone") return lookOf(state);
  if (last === "lost") return lookOf("lost");
  if (attention) return lookOf("failed");
  if (paused) return lookOf("paused");
  return lookOf(state === "waiting" ? state : last ?? "idle");
}

export const needsAttention = (look: Look): boolean => rank(look) < rank({ tone: "starting", word: "" });
