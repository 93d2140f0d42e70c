/** A heatmap's rows as steps of colour, and the canvas that shows those of them that are in view. */
import { value as asText } from "../../format";
import { color } from "../colors";

export const STEPS = 7;
const LOOKED_AT = 20_000;
const GAP = 1;

export interface Heat {
  rows: readonly unknown[][];
  columns: unknown[];
  width: number;
  /** Six values between the seven steps. */
  cuts: number[];
  least: number;
  most: number;
}

/** Each step is for as many of the known values; of very many only some are looked at. */
export function heatOf(rows: readonly unknown[][], names: unknown): Heat {
  const columns = Array.isArray(names) ? (names as unknown[]) : [];
  const width = Math.max(columns.length, ...rows.slice(0, 1000).map((row) => row.length - 1), 0);
  const every = Math.max(1, Math.ceil((rows.length * width) / LOOKED_AT));
  const known: number[] = [];
  let least = Infinity;
  let most = -Infinity;
  let seen = 0;
  for (const row of rows) {
    for (let i = 1; i < row.length; i += 1) {
      const value = row[i];
      if (typeof value !== "number") continue;
      if (value < least) least = value;
      if (value > most) most = value;
      if (seen++ % every === 0) known.push(value);
    }
  }
  known.sort((one, other) => one - other);
  const cuts = Array.from({ length: STEPS - 1 }, (_, i) => known[Math.min(known.length - 1, Math.floor(((i + 1) * known.length) / STEPS))] ?? 0);
  return { rows, columns, width, cuts, least, most };
}

/** 1 to 7; 0 for what is not known. */
export function stepOf(value: unknown, cuts: number[]): number {
  if (typeof value !== "number") return 0;
  let step = 1;
  for (const cut of cuts) if (value >= cut) step += 1;
  // Where all values are alike none is the greatest.
  return cuts[0] === cuts.at(-1) ? Math.ceil(STEPS / 2) : step;
}

export interface Place {
  row: number;
  column: number;
}

export interface Measures {
  labels: number;
  head: number;
  cell: number;
  line: number;
}

/** How large a cell is: rows fill the height while they are few, and are at least so high that they can be told apart. */
export function measured(heat: Heat, width: number, height: number, labelWidth: number): Measures {
  const labels = Math.min(labelWidth, width / 3);
  const head = heat.columns.length > 0 ? 18 : 0;
  return { labels, head, cell: (width - labels) / Math.max(1, heat.width), line: Math.max(14, Math.min(28, (height - head) / Math.max(1, heat.rows.length))) };
}

export function drawHeat(canvas: HTMLCanvasElement, heat: Heat, at: Measures, top: number, on: Place | null): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const ratio = devicePixelRatio;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const colors = Array.from({ length: STEPS + 1 }, (_, i) => color(`--h${i}`));
  const gap = at.cell > 4 ? GAP : 0;
  const first = Math.max(0, Math.floor(top / at.line));
  const last = Math.min(heat.rows.length, Math.ceil((top + height - at.head) / at.line));
  for (let row = first; row < last; row += 1) {
    const y = at.head + row * at.line - top;
    for (let column = 0; column < heat.width; column += 1) {
      context.fillStyle = colors[stepOf(heat.rows[row]?.[column + 1], heat.cuts)] as string;
      context.fillRect(at.labels + column * at.cell, y, at.cell - gap, at.line - GAP);
    }
  }
  if (on) {
    context.strokeStyle = color("--brass");
    context.lineWidth = 2;
    context.strokeRect(at.labels + on.column * at.cell, at.head + on.row * at.line - top, at.cell - gap, at.line - GAP);
  }
  context.clearRect(0, 0, width, at.head);
  context.font = `11px ${getComputedStyle(canvas).fontFamily}`;
  context.fillStyle = color("--muted");
  drawLabels(context, heat, at, { first, last, top });
}

function drawLabels(context: CanvasRenderingContext2D, heat: Heat, at: Measures, view: { first: number; last: number; top: number }): void {
  context.textBaseline = "middle";
  context.save();
  context.beginPath();
  context.rect(0, at.head, at.labels, 1e5);
  context.clip();
  for (let row = view.first; row < view.last; row += 1) {
    context.fillText(fitted(context, asText(heat.rows[row]?.[0] ?? ""), at.labels - 8), 0, at.head + (row + 0.5) * at.line - view.top);
  }
  context.restore();
  if (at.head === 0) return;
  const widest = Math.max(...heat.columns.slice(0, 50).map((name) => context.measureText(asText(name)).width));
  const every = Math.max(1, Math.ceil((Math.min(widest, 80) + 6) / at.cell));
  for (let column = 0; column < heat.columns.length; column += every) {
    context.fillText(fitted(context, asText(heat.columns[column]), at.cell * every - 4), at.labels + column * at.cell, at.head / 2 - 1);
  }
}

/** As much of a text as fits. */
function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let length = Math.floor((room / context.measureText(text).width) * text.length);
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
  return `${text.slice(0, Math.max(1, length))}…`;
}

/** How much room the labels of rows want. */
export function labelRoom(rows: readonly unknown[][]): number {
  const longest = Math.max(0, ...rows.slice(-200).map((row) => asText(row[0] ?? "").length));
  return longest === 0 ? 0 : Math.min(140, 12 + longest * 6.3);
}
