/** A run's topic, read once into what the pages show. */
import { failureText, type Failure, type Fields } from "./scripts";
import { texts } from "./texts";
import type { Frame } from "./traceback";

export interface RunView {
  id: string;
  script: string;
  hook: string;
  state: string;
  cause: string;
  by: string | null;
  due: number | null;
  started: number | null;
  ended: number | null;
  duration: number | null;
  late: number | null;
  /** Why it is in its state: the error of a failed one, else its reason. */
  says: string;
}

/** What a view is made of: all that is to be read of a run that is only listed. */
export const RUN_FIELDS = [
  "script", "hook", "state", "cause", "by", "due", "started", "ended", "duration", "late", "error", "reason",
] as const;

/** That it was due, or that the hook returned, is no news. */
const SAYS_ENOUGH = ["done", "running"];

export function runView(topic: string, fields: Fields): RunView {
  const failure = fields.get<Failure>("error");
  const error = failureText(failure && { ...lastOwn(fields), ...failure });
  return {
    id: topic.slice("run/".length),
    script: fields.get<string>("script") ?? "",
    hook: fields.get<string>("hook") ?? "",
    state: fields.get<string>("state") ?? "",
    cause: fields.get<string>("cause") ?? "",
    by: fields.get<string | null>("by") ?? null,
    due: fields.get<number | null>("due") ?? null,
    started: fields.get<number | null>("started") ?? null,
    ended: fields.get<number | null>("ended") ?? null,
    duration: fields.get<number | null>("duration") ?? null,
    late: fields.get<number | null>("late") ?? null,
    says: error || (SAYS_ENOUGH.includes(fields.get<string>("state") ?? "") ? "" : (fields.get<string>("reason") ?? "")),
  };
}

/** The line of the script that failed, where the whole of the run is known. */
function lastOwn(fields: Fields): { file?: string; line?: number } {
  const frame = fields.get<Frame[] | null>("frames")?.findLast((one) => one.own);
  return frame ? { file: frame.file, line: frame.line } : {};
}

export function causeOf(run: { cause: string; by: string | null }): string {
  const words = texts.run.cause[run.cause] ?? run.cause;
  return run.by ? texts.run.causeBy(words, run.by) : words;
}

export const isOver = (state: string): boolean => !["waiting", "running", ""].includes(state);
