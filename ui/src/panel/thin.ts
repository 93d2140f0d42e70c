/** A line of fewer pieces that looks the same. Stroking costs by the piece, and is most of what a streaming chart costs: a
 * thousand points on two hundred pixels are mostly pieces of one straight line. */

/** How far a line may pass beside a point that it leaves out, in pixels of the canvas: less than the eye tells apart. */
export const NEAR = 0.2;

/** Which of the points `first` to `last` to draw, both of these among them; every other is within `near` of the line through
 * them. One pass (the sleeve of Zhao and Saalfeld, 1997): each point leaves a wedge of the directions, from the one kept last, that
 * pass it closely enough. Where the wedges no longer meet, or the line turns back, a new piece begins. */
export function thinned(xs: ArrayLike<number>, ys: ArrayLike<number>, first: number, last: number, near = NEAR): number[] {
  const kept = [first];
  let from = first;
  let before = first;
  let far = 0;
  let leftX = 0;
  let leftY = 0;
  let rightX = 0;
  let rightY = 0;
  let free = true;
  for (let i = first + 1; i <= last; i += 1) {
    let dx = (xs[i] as number) - (xs[from] as number);
    let dy = (ys[i] as number) - (ys[from] as number);
    let away = dx * dx + dy * dy;
    if (away < far || (!free && (leftX * dy < leftY * dx || dx * rightY < dy * rightX))) {
      kept.push(before);
      from = before;
      free = true;
      dx = (xs[i] as number) - (xs[from] as number);
      dy = (ys[i] as number) - (ys[from] as number);
      away = dx * dx + dy * dy;
    }
    before = i;
    far = away;
    if (away <= near * near) continue;
    const along = Math.sqrt(away - near * near);
    const [toLeftX, toLeftY] = [dx * along + dy * near, dy * along - dx * near];
    const [toRightX, toRightY] = [dx * along - dy * near, dy * along + dx * near];
    if (free || leftX * toLeftY > leftY * toLeftX) [leftX, leftY] = [toLeftX, toLeftY];
    if (free || toRightX * rightY > toRightY * rightX) [rightX, rightY] = [toRightX, toRightY];
    free = false;
  }
  if (last > first) kept.push(last);
  return kept;
}

/** The unbroken stretches of a column with gaps: [first, last] of each, from `from` to `to`. */
export function stretches(values: readonly (number | null | undefined)[], from: number, to: number): [number, number][] {
  const found: [number, number][] = [];
  for (let i = from; i <= to; i += 1) {
    if (values[i] == null) continue;
    const open = found.at(-1);
    if (open && open[1] === i - 1) open[1] = i;
    else found.push([i, i]);
  }
  return found;
}
