/** How a line is drawn: straight from point to point, at fractions of a pixel, in no more pieces than one sees. uPlot's own
 * lines round to whole pixels, which makes steps of a slope, and thin out only from four points a pixel on. */
import uPlot from "uplot";
import { stretches, thinned } from "./thin";

/** Pieces a pixel from which on a line is crooked: uPlot's way says as much with less, and it is mostly upright. */
const CROOKED = 2;

export function line(width: number, filled: boolean): uPlot.Series.PathBuilder {
  const byColumn = uPlot.paths.linear?.();
  return (u, index, from, to): uPlot.Series.Paths | null => {
    const pieces = piecesOf(u, index, from, to);
    if (byColumn && pieces.reduce((sum, piece) => sum + piece.length, 0) > CROOKED * u.bbox.width) {
      return sideBySide(byColumn(u, index, from, to), width * uPlot.pxRatio);
    }
    const stroke = new Path2D();
    for (const piece of pieces) trace(stroke, piece);
    const gaps = pieces.slice(1).map((piece, i): [number, number] => [(pieces[i]?.at(-1) as Point)[0], (piece[0] as Point)[0]]);
    return { stroke, fill: filled ? areaOf(u, index, pieces) : null, gaps, flags: 0 };
  };
}

/** Lines of one pixel beside each other, as wide as one of `width` pixels. Where there are hundreds of short ones that costs a
 * fifth: the outline of a wide one has to be found and filled, that of the finest has not. */
function sideBySide(paths: uPlot.Series.Paths | null, width: number): uPlot.Series.Paths | null {
  if (!(paths?.stroke instanceof Path2D) || width <= 1) return paths;
  const stroke = new Path2D();
  const count = Math.ceil(width);
  for (let i = 0; i < count; i += 1) {
    const beside = (width - 1) * (i / (count - 1) - 0.5);
    stroke.addPath(paths.stroke, { e: beside, f: beside });
  }
  // Its types say `width`, it reads `_width`.
  return { ...paths, stroke, _width: 1 / uPlot.pxRatio } as uPlot.Series.Paths;
}

type Point = [x: number, y: number];

/** Pixels of the stretch that is looked at: kept, for with every change they are as many as there are points. */
let xs = new Float64Array(1024);
let ys = new Float64Array(1024);

/** The line between gaps, each piece thinned, in pixels of the canvas. */
const piecesOf = (u: uPlot, index: number, from: number, to: number): Point[][] =>
  uPlot.orient(u, index, (_, dataX, dataY, scaleX, scaleY, toX, toY, left, top, width, height): Point[][] => {
    if (xs.length <= to) [xs, ys] = [new Float64Array(2 * to), new Float64Array(2 * to)];
    return stretches(dataY, from, to).map(([first, last]) => {
      for (let i = first; i <= last; i += 1) {
        xs[i] = toX(dataX[i] as number, scaleX, width, left);
        ys[i] = toY(dataY[i] as number, scaleY, height, top);
      }
      return thinned(xs, ys, first, last).map((i) => [xs[i] as number, ys[i] as number]);
    });
  }) as Point[][];

/** What lies between the line and zero. */
function areaOf(u: uPlot, index: number, pieces: Point[][]): Path2D {
  const area = new Path2D();
  const zero = u.valToPos(0, u.series[index]?.scale ?? "y", true);
  for (const piece of pieces) {
    trace(area, [[piece[0]?.[0] ?? 0, zero], ...piece, [piece.at(-1)?.[0] ?? 0, zero]]);
  }
  return area;
}

function trace(path: Path2D, points: Point[]): void {
  points.forEach(([x, y], i) => (i === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
}
