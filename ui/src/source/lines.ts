/** Where a line that failed stands in a file as it is now. */
import type { Frame } from "../traceback";

/** The line's own text as it was when it failed; null if the frame does not have it. */
const textOf = (frame: Frame): string | null => frame.code?.find(([number]) => number === frame.line)?.[1] ?? null;

/** Its number now: the same, or of the nearest line with the same text; null if there is none any more. */
export function lineNow(frame: Frame, lines: string[]): number | null {
  const text = textOf(frame);
  // Frames have at most 300 signs of a line.
  const is = (line: string | undefined) => line !== undefined && line.slice(0, 300) === text;
  if (text === null || is(lines[frame.line - 1])) return frame.line <= lines.length ? frame.line : null;
  if (text.trim() === "") return null;
  const found = lines.flatMap((line, i) => (is(line) ? [i + 1] : []));
  return found.sort((one, other) => Math.abs(one - frame.line) - Math.abs(other - frame.line))[0] ?? null;
}

/** "main.py:7" is line 7 of main.py. */
export function placeOf(asked: string | undefined): { file: string | null; line: number | null } {
  const [, file, line] = /^(.*?)(?::(\d+))?$/s.exec(asked ?? "") ?? [];
  return { file: file || null, line: line === undefined ? null : Number(line) };
}
