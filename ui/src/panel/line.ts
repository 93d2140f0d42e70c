/** How a line is drawn: straight from point to point, at fractions of a pixel, in no more pieces than one sees. uPlot's own
 * lines round to whole pixels, which makes steps of a slope, and thin out only from four points a pixel on. */
import uPlot from "uplot";
import { asides, drawParallels, trace, type Piece } from "./parallels";
import { packed, stretches, thinned } from "./thin";

/** Pieces a pixel from which on a line is crooked: uPlot's way says as much with less, and it is mostly upright. */
const CROOKED = 2;

export function line(width: number, filled: boolean): uPlot.Series.PathBuilder {
  const byColumn = uPlot.paths.linear?.();
  return (u, index, from, to): uPlot.Series.Paths | null => {
    const pieces = piecesOf(u, index, from, to);
    const wide = width * uPlot.pxRatio;
    if (byColumn && pieces.reduce((sum, { xs }) => sum + xs.length, 0) > CROOKED * u.bbox.width) return fine(byColumn(u, index, from, to), wide);
    const stroke = new Path2D();
    for (const piece of pieces) drawParallels(stroke, piece, wide);
    const gaps = pieces.slice(1).map(({ xs }, i): [number, number] => [pieces[i]?.xs.at(-1) as number, xs[0] as number]);
    return fine({ stroke, fill: filled ? areaOf(u, index, pieces) : null, gaps, flags: 0 });
  };
}

/** Paths drawn by lines of one pixel: copies of the given one side by side, together as wide as one of `wide` pixels. */
function fine(paths: uPlot.Series.Paths | null, wide = 1): uPlot.Series.Paths | null {
  if (!(paths?.stroke instanceof Path2D)) return paths;
  let { stroke } = paths;
  if (wide > 1) {
    stroke = new Path2D();
    for (const aside of asides(wide)) stroke.addPath(paths.stroke, { e: aside, f: aside });
  }
  // Its types say `width`, it reads `_width`.
  return { ...paths, stroke, _width: 1 / uPlot.pxRatio } as uPlot.Series.Paths;
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
