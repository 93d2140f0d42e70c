/** Log lines as the page shows them. */
import { texts } from "./texts";

export type TailLine = [time: number, source: string, text: string];

export interface LogLine {
  time: number | null;
  /** "out", "err", "child" (written past Python), or the level of a logged line. */
  level: string;
  tone: "" | "warn" | "failed";
  source: "stdout" | "stderr" | "logging" | "run";
  text: string;
}

const LEVELS: Record<string, [string, LogLine["tone"]]> = {
  DEBUG: ["debug", ""], INFO: ["info", ""], WARNING: ["warn", "warn"], ERROR: ["error", "failed"], CRITICAL: ["crit", "failed"],
};

// The terminal's colours and titles are not shown; their codes would only be noise.
// eslint-disable-next-line no-control-regex
const TERMINAL = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]+[0-~]|[@-Z\\-_])/g;
// Control characters, and those that change the direction of text: unseen, they make a line read as what it is not.
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text as it can be trusted to be read: no codes of terminals, and what cannot be seen as an escape. */
export const visible = (text: string): string =>
  text.replace(TERMINAL, "").replace(UNSEEN, (unseen) => `\\u${unseen.charCodeAt(0).toString(16).padStart(4, "0")}`);

const read = new WeakMap<TailLine, LogLine>();

/** A line is read once: a tail brings it again with each line that follows. */
export function lineOf(line: TailLine): LogLine {
  const known = read.get(line) ?? readLine(line);
  read.set(line, known);
  return known;
}

function readLine([time, source, text]: TailLine): LogLine {
  const clean = visible(text);
  if (source === "C") return { time, level: "child", tone: "", source: "stdout", text: clean };
  if (source === "E") return { time, level: "err", tone: "failed", source: "stderr", text: clean };
  if (!source.startsWith("L")) return { time, level: "out", tone: "", source: "stdout", text: clean };
  const [level, tone] = LEVELS[source.slice(2)] ?? [source.slice(2).toLowerCase() || "log", ""];
  return { time, level, tone, source: "logging", text: clean };
}

/** A line as the hub reads it from a log file. */
export interface FileLine {
  at: number;
  time: number | null;
  source: string;
  text: string;
}

export const fileLine = (line: FileLine): LogLine => ({ ...lineOf([line.time ?? 0, line.source, line.text]), time: line.time });

export interface LoggedRun {
  started: number | null;
  /** What the run was and how it ended, as a line above what it wrote. */
  text: string;
  failed: boolean;
  tail: TailLine[];
}

/** The lines of several runs of one script in the order of their times, each run announced. Silent runs are left out. */
export function linesOfRuns(runs: LoggedRun[]): LogLine[] {
  const loud = runs.filter((run) => run.tail.length > 0 || run.failed);
  loud.sort((one, other) => (one.started ?? 0) - (other.started ?? 0));
  return loud.flatMap((run) => [
    { time: run.started, level: "run", tone: "", source: "run" as const, text: run.text },
    ...run.tail.map(lineOf),
  ]);
}

/** What stands where lines came faster than the page could take them. */
export const GAP: LogLine = { time: null, level: "", tone: "warn", source: "run", text: texts.log.gap };

const isSame = (one: LogLine, other: LogLine): boolean =>
  one === other || (one.time === other.time && one.text === other.text && one.level === other.level);

/** A line that is announced, or comes late, may stand last at one time and not at another: so many are looked for. */
const TRIED = 20;

/** Where in `now` that begins which came after `before`, both being the newest lines of one log. */
export function beyond(before: LogLine[], now: LogLine[]): number {
  for (const last of before.slice(-TRIED).reverse()) {
    const at = now.findLastIndex((line) => isSame(line, last));
    if (at >= 0) return at + 1;
  }
  return 0;
}

/** What is known of a log: the lines of before, those that have come since, and those from further back if `now` has them. */
export function joined(before: LogLine[], now: LogLine[]): LogLine[] {
  const [first] = before;
  if (first === undefined || now.length === 0) return first === undefined ? now : before;
  const at = beyond(before, now);
  const earlier = Math.max(0, now.findIndex((line) => isSame(line, first)));
  return [...now.slice(0, earlier), ...before, ...(at === 0 ? [GAP] : []), ...now.slice(at)];
}
