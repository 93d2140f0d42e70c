/** How a line is drawn: straight from point to point, at fractions of a pixel, in no more pieces than one sees. uPlot's own
 * lines round to whole pixels, which makes steps of a slope, and thin out only from four points a pixel on. */
import uPlot from "uplot";
import { asides, drawParallels, trace, type Piece } from "./parallels";
import { packed, stretches, thinned } from "./thin";

/** Points a pixel from which on a line is crooked. It is mostly upright then. */
const CROOKED = 2;

export interface Look {
  /** In pixels of the page, as dashes are. */
  width: number;
  color: () => string;
  /** Of what lies between the line and zero; null leaves that empty. */
  fill: (() => string) | null;
  dashes: number[];
  /** Its last value is of a step that is under way: the way there is dashed. */
  open?: boolean;
}

const OPEN = [2, 3];

/** Draws by itself and leaves no path: uPlot would draw it within bounds at halves of pixels, and at these Chromium looks at each
 * pixel of a line to see how much of it is inside. That takes as long as the line. */
export function line(look: Look): uPlot.Series.PathBuilder {
  return (u, index, from, to) => {
    const values = u.data[index] as (number | null | undefined)[];
    const opens = look.open === true && to > from && to === values.length - 1 && values[to - 1] != null && values[to] != null;
    const pieces = piecesOf(u, index, from, opens ? to - 1 : to);
    const rest = opens ? piecesOf(u, index, to - 1, to) : [];
    const width = look.width * uPlot.pxRatio;
    const crooked = pieces.reduce((sum, { xs }) => sum + xs.length, 0) > CROOKED * u.bbox.width;
    u.ctx.save();
    u.ctx.clip(boundsOf(u, width));
    if (look.fill) {
      u.ctx.fillStyle = look.fill();
      u.ctx.fill(areaOf(u, index, [...pieces, ...rest]));
    }
    u.ctx.strokeStyle = look.color();
    u.ctx.lineWidth = 1;
    const dash = (lengths: number[]) => u.ctx.setLineDash(lengths.map((length) => length * uPlot.pxRatio));
    dash(look.dashes);
    u.ctx.stroke(crooked ? copies(pieces, width) : parallels(pieces, width));
    if (opens) {
      dash(OPEN);
      u.ctx.stroke(parallels(rest, width));
    }
    u.ctx.restore();
    return null;
  };
}

/** The plot and half of a line around it, in whole pixels. */
function boundsOf({ bbox: { left, top, width, height } }: uPlot, wide: number): Path2D {
  const bounds = new Path2D();
  const [fromX, fromY] = [Math.floor(left - wide / 2), Math.floor(top - wide / 2)];
  bounds.rect(fromX, fromY, Math.ceil(left + width + wide / 2) - fromX, Math.ceil(top + height + wide / 2) - fromY);
  return bounds;
}

function parallels(pieces: Piece[], width: number): Path2D {
  const path = new Path2D();
  for (const piece of pieces) drawParallels(path, piece, width);
  return path;
}

/** Upright from end to end of each column of pixels: nobody sees more of such a line, and it needs no look at its every turn. */
function copies(pieces: Piece[], width: number): Path2D {
  const once = new Path2D();
  for (const { xs, ys } of pieces) trace(once, { xs: xs.map((x) => Math.floor(x) + 0.5), ys });
  const path = new Path2D();
  for (const aside of asides(width)) path.addPath(once, { e: aside, f: aside });
  return path;
}

/** Pixels of the stretch that is looked at: kept, for with every change they are as many as there are points. */
let xs = new Float64Array(1024);
let ys = new Float64Array(1024);

/** The line between gaps, each piece thinned, in pixels of the canvas. */
function piecesOf(u: uPlot, index: number, from: number, to: number): Piece[] {
  const [dataX, dataY] = [u.data[0], u.data[index] as (number | null | undefined)[]];
  const toX = pixelsOf(u, "x");
  const toY = pixelsOf(u, u.series[index]?.scale ?? "y");
  if (xs.length <= to) [xs, ys] = [new Float64Array(2 * to), new Float64Array(2 * to)];
  return stretches(dataY, from, to).map(([first, last]) => {
    for (let i = first; i <= last; i += 1) {
      xs[i - first] = toX(dataX[i] as number);
      ys[i - first] = toY(dataY[i] as number);
    }
    const kept = thinned(xs, ys, 0, packed(xs, ys, last - first + 1) - 1);
    return { xs: kept.map((i) => xs[i] as number), ys: kept.map((i) => ys[i] as number) };
  });
}

/** Where values of a scale lie. uPlot is asked for both ends only: asked for each of a thousand points, it would take as long as
 * all the rest. */
function pixelsOf(u: uPlot, key: string): (value: number) => number {
  const { min = 0, max = 1, distr } = u.scales[key] as { min?: number; max?: number; distr?: number };
  const measure = distr === 3 ? Math.log : Number;
  const [start, least] = [u.valToPos(min, key, true), measure(min)];
  const each = (u.valToPos(max, key, true) - start) / (measure(max) - least);
  return distr === 3 ? (value) => start + (Math.log(value) - least) * each : (value) => start + (value - least) * each;
}

/** What lies between the line and zero. */
function areaOf(u: uPlot, index: number, pieces: Piece[]): Path2D {
  const area = new Path2D();
  const zero = u.valToPos(0, u.series[index]?.scale ?? "y", true);
  for (const piece of pieces) {
    const [first, last] = [piece.xs[0] as number, piece.xs.at(-1) as number];
    trace(area, { xs: [first, ...piece.xs, last], ys: [zero, ...piece.ys, zero] });
  }
  return area;
}
