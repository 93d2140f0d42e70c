/**
 * Cells: what a series keeps of one UTC minute, exact to merge in any order. Twin of quarterdeck/core/series.py.
 *
 * Values are whole numbers of the series' quantum. Integers of 2**53 and more in size are decimal text, as on the wire.
 * Buckets are text of a signed integer i: "0" holds zero, i the quanta from 1.04 ** (i - 1) to 1.04 ** i, -i their negatives.
 */

export type Whole = number | string;
/** [n, sum, min, max, [t_us, last], {bucket: count}] */
export type Cell = [n: Whole, sum: Whole, min: Whole, max: Whole, last: [at: number, value: Whole], buckets: Buckets];
export type Buckets = { readonly [bucket: string]: Whole };
/** Cells by their minute: text of the integer UTC minute. */
export type Cells = Map<string, Cell>;

const GROWTH = 1.04;

/** A new cell that holds everything of both. Neither is changed, so cells may be shared. */
export function mergeCells(a: Cell, b: Cell): Cell {
  return [
    sum(a[0], b[0]),
    sum(a[1], b[1]),
    compare(b[2], a[2]) < 0 ? b[2] : a[2],
    compare(b[3], a[3]) > 0 ? b[3] : a[3],
    later(a[4], b[4]),
    mergeBuckets(a[5], b[5]),
  ];
}

/** Merges the cells of an operation or a snapshot into `into`. */
export function addCells(into: Cells, cells: { readonly [minute: string]: Cell }): void {
  for (const [minute, cell] of Object.entries(cells)) {
    const have = into.get(minute);
    into.set(minute, have === undefined ? cell : mergeCells(have, cell));
  }
}

/**
 * The value (in quanta) below which the share `p` (0 to 1) of a cell lies, at most 2 % off: of n sorted values the one at index
 * floor(p * (n - 1)).
 */
export function quantile(cell: Cell, p: number): number {
  const low = Number(cell[2]);
  const high = Number(cell[3]);
  const rank = Math.floor(p * (Number(cell[0]) - 1));
  const buckets = Object.entries(cell[5]).map(([key, count]) => [Number(key), Number(count)] as const);
  let seen = 0;
  for (const [index, count] of buckets.sort((a, b) => a[0] - b[0])) {
    seen += count;
    if (seen > rank) return Math.min(Math.max(middle(index), low), high);
  }
  return high;
}

/** The value that is relatively nearest to all of a bucket: the harmonic mean of its borders. */
function middle(index: number): number {
  return (Math.sign(index) * 2 * GROWTH ** Math.abs(index)) / (1 + GROWTH);
}

function sum(a: Whole, b: Whole): Whole {
  const total = Number(a) + Number(b);
  if (Number.isSafeInteger(total) && typeof a === "number" && typeof b === "number") return total;
  const exact = BigInt(a) + BigInt(b);
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact.toString();
}

function compare(a: Whole, b: Whole): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [BigInt(a), BigInt(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function later(a: Cell[4], b: Cell[4]): Cell[4] {
  return b[0] > a[0] || (b[0] === a[0] && compare(b[1], a[1]) > 0) ? b : a;
}

// Keys of buckets are signed integers as text, none of which is magic to an object.
function mergeBuckets(a: Buckets, b: Buckets): Buckets {
  const merged: { [bucket: string]: Whole } = { ...a };
  for (const [key, count] of Object.entries(b)) merged[key] = sum(merged[key] ?? 0, count);
  return merged;
}
