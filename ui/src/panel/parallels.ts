/** A line as lines of one pixel side by side. Together they are as wide, and cost a browser that paints without a graphics card
 * a tenth: the outline of a wide line has to be found and filled, that of the finest has not. */

/** A line without a gap, in pixels. */
export interface Piece {
  xs: readonly number[];
  ys: readonly number[];
}

export function drawParallels(path: Path2D, piece: Piece, width: number): void {
  for (const aside of asides(width)) drawBeside(path, piece, aside);
}

/** The most between two of the lines, in pixels: where they only touched, the ground would shine through. */
const BETWEEN = 0.5;

/** How far from the middle each of the lines lies. */
export function asides(width: number): number[] {
  const count = 1 + Math.max(0, Math.ceil((width - 1) / BETWEEN));
  return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : (width - 1) * (i / (count - 1) - 0.5)));
}

/** Draws the line at a distance from the piece. Where the piece bends, both sides meet on the bisector; where it turns back, the
 * line goes around the turn. */
function drawBeside(path: Path2D, piece: Piece, aside: number): void {
  const { xs, ys } = piece;
  const last = xs.length - 1;
  let [sideX, sideY] = sideOf(piece, 0, aside);
  path.moveTo((xs[0] as number) + sideX, (ys[0] as number) + sideY);
  for (let i = 1; i < last; i += 1) {
    const [x, y, beforeX, beforeY] = [xs[i] as number, ys[i] as number, sideX, sideY];
    [sideX, sideY] = sideOf(piece, i, aside);
    // The cosine of the turn.
    const on = aside === 0 ? 1 : (beforeX * sideX + beforeY * sideY) / (aside * aside);
    if (on > 0) path.lineTo(x + (beforeX + sideX) / (1 + on), y + (beforeY + sideY) / (1 + on));
    else {
      path.lineTo(x + beforeX, y + beforeY);
      path.lineTo(x + sideX, y + sideY);
    }
  }
  if (last > 0) path.lineTo((xs[last] as number) + sideX, (ys[last] as number) + sideY);
}

/** From a point of the piece to the line beside it, across the way to the next point. */
function sideOf({ xs, ys }: Piece, i: number, aside: number): [x: number, y: number] {
  const [dx, dy] = [(xs[i + 1] as number) - (xs[i] as number), (ys[i + 1] as number) - (ys[i] as number)];
  const length = Math.sqrt(dx * dx + dy * dy);
  return length > 0 ? [(-dy / length) * aside, (dx / length) * aside] : [0, 0];
}

export function trace(path: Path2D, { xs, ys }: Piece): void {
  xs.forEach((x, i) => (i === 0 ? path.moveTo(x, ys[i] as number) : path.lineTo(x, ys[i] as number)));
}
