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

/** Of the points in each column of pixels, moves the first, the highest, the lowest and the last to the front; returns how many
 * there are. The others hide behind these: the line through four of a thousand fills the same pixels. */
export function packed(xs: Float64Array, ys: Float64Array, count: number): number {
  let kept = 0;
  let lastKept = -1;
  const keep = (i: number): void => {
    if (i === lastKept) return;
    xs[kept] = xs[i] as number;
    ys[kept] = ys[i] as number;
    lastKept = i;
    kept += 1;
  };
  for (let first = 0, next = 0; first < count; first = next) {
    const column = Math.floor(xs[first] as number);
    let [least, most] = [first, first];
    for (next = first + 1; next < count && Math.floor(xs[next] as number) === column; next += 1) {
      if ((ys[next] as number) < (ys[least] as number)) least = next;
      else if ((ys[next] as number) > (ys[most] as number)) most = next;
    }
    keep(first);
    keep(Math.min(least, most));
    keep(Math.max(least, most));
    keep(next - 1);
  }
  return kept;
}
