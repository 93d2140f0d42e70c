/** Frames of a traceback, grouped for reading. */

export interface Frame {
  file: string;
  line: number;
  name: string;
  code: string | string[] | null;
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

/** One line is the failing one; of several, the failing one is in their middle, as the frame's number says. */
export function linesOf(frame: Frame): CodeLine[] {
  const lines = Array.isArray(frame.code) ? frame.code : (frame.code ?? "").split("\n");
  const from = frame.line - (lines.length > 1 ? Math.floor(lines.length / 2) : 0);
  return lines.map((text, i) => ({ number: from + i, text, hit: from + i === frame.line }));
}
