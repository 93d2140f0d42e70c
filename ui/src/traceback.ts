/** Frames of a traceback, grouped for reading. */

import { visible } from "./log";

export interface Frame {
  file: string;
  line: number;
  name: string;
  /** The lines around the failing one, each with its number. */
  code: [number: number, text: string][] | null;
  own: boolean;
}

export interface Group {
  folded: boolean;
  frames: Frame[];
}

/** Runs of frames that are not the user's own fold into one line each, unless all are wanted or none is their own. */
export function groupsOf(frames: Frame[], all: boolean): Group[] {
  const unfold = all || !frames.some((frame) => frame.own);
  const groups: Group[] = [];
  for (const frame of frames) {
    const folded = !unfold && !frame.own;
    const last = groups.at(-1);
    if (last && last.folded === folded) last.frames.push(frame);
    else groups.push({ folded, frames: [frame] });
  }
  return groups;
}

export interface CodeLine {
  number: number;
  text: string;
  hit: boolean;
}

export const linesOf = (frame: Frame): CodeLine[] =>
  (frame.code ?? []).map(([number, text]) => ({ number, text: visible(text), hit: number === frame.line }));
