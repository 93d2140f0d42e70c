/** What a chart's topic says, as columns that can be drawn. */
import { value as asText } from "../format";

export type Scale = "category" | "linear" | "logarithmic" | "time";

export interface Dataset {
  label: string;
  color: number;
  tension: boolean;
  radius: number | null;
  fill: boolean;
}

export interface Columns {
  scale: Scale;
  /** Ascending. Of categories the position; of times seconds, as uPlot wants them. */
  x: number[];
  /** The x of each point as the script gave it. */
  names: unknown[];
  series: (number | null)[][];
}

/** Which of the eight colours a script's colour is: the nearest by name, each used once. */
const COLORS: Record<string, number> = { blue: 1, yellow: 2, green: 3, red: 4, purple: 5, pink: 6, orange: 7, grey: 8, gray: 8 };
const SCALES: Record<string, Scale> = { category: "category", linear: "linear", logarithmic: "logarithmic", log: "logarithmic", time: "time" };

export const scaleOf = (given: unknown): Scale => SCALES[String(given ?? "").toLowerCase()] ?? "category";

interface GivenDataset {
  label?: unknown;
  color?: unknown;
  line_tension?: unknown;
  point_radius?: unknown;
  fill?: unknown;
}

export function datasetsOf(given: unknown): Dataset[] {
  const all = Array.isArray(given) ? (given as GivenDataset[]) : [];
  return all.map((one, index) => ({
    label: one.label == null ? `Dataset ${index + 1}` : asText(one.label),
    color: COLORS[String(one.color ?? "").toLowerCase()] ?? (index % 8) + 1,
    tension: typeof one.line_tension === "number" && one.line_tension > 0,
    radius: typeof one.point_radius === "number" ? one.point_radius : null,
    fill: one.fill === true,
  }));
}

interface Converted {
  columns: Columns;
  ascends: boolean;
  /** Each point has its place, and in their order. */
  whole: boolean;
}

/** The points from one on. One pass into arrays of their full length: it runs with every change, and arrays that grow cost it
 * five times as much. */
function converted(points: readonly unknown[][], from: number, datasets: number, scale: Scale): Converted {
  const room = points.length - from;
  const x = new Array<number>(room);
  const names = new Array<unknown>(room);
  const series = Array.from({ length: datasets }, () => new Array<number | null>(room));
  let ascends = true;
  let count = 0;
  for (let i = from; i < points.length; i += 1) {
    const point = points[i] as unknown[];
    const at = xOf(point[0], i, scale);
    if (at === null || (scale === "logarithmic" && at <= 0)) continue;
    if (count > 0 && at < (x[count - 1] as number)) ascends = false;
    x[count] = at;
    names[count] = point[0];
    for (let k = 0; k < datasets; k += 1) (series[k] as (number | null)[])[count] = numberOf(point[k + 1]);
    count += 1;
  }
  for (const column of [x, names, ...series]) column.length = count;
  return { columns: { scale, x, names, series }, ascends, whole: ascends && count === room };
}

/** The columns of points, each [x, value of dataset 0, value of dataset 1, ...], the oldest first. Of a list that grew at its
 * end and was cut at its begin, only what came is converted. What it gave before goes on in the same arrays. */
export class GoingOn {
  #made: Columns | null = null;
  #last: unknown[] = [];

  of(points: readonly unknown[][], datasets: number, scale: Scale): Columns {
    const made = this.#made;
    const goesOn = made?.scale === scale && made.series.length === datasets;
    const known = goesOn ? points.lastIndexOf(this.#last) + 1 : 0;
    this.#last = points.at(-1) ?? [];
    if (made && known > 0) {
      const { columns, whole } = converted(points, known, datasets, scale);
      if (whole && follows(made, columns)) return joined(made, columns, points.length);
    }
    const { columns, ascends, whole } = converted(points, 0, datasets, scale);
    this.#made = whole ? columns : null;
    return ascends ? columns : sorted(columns);
  }
}

const follows = (made: Columns, came: Columns): boolean =>
  made.scale === "category" || came.x.length === 0 || (came.x[0] as number) >= (made.x.at(-1) as number);

/** Appends what came, and keeps the last `length`. Categories stand by their places, which do not move. */
function joined(made: Columns, came: Columns, length: number): Columns {
  const pairs: [unknown[], unknown[]][] = [[made.names, came.names], ...made.series.map((column, k): [unknown[], unknown[]] => [column, came.series[k] ?? []])];
  if (made.scale === "category") made.x.length = Math.min(made.x.length, length);
  else pairs.push([made.x, came.x]);
  for (const [column, more] of pairs) {
    for (const one of more) column.push(one);
    if (column.length > length) column.splice(0, column.length - length);
  }
  while (made.x.length < length) made.x.push(made.x.length);
  return { ...made };
}

function sorted({ scale, x, names, series }: Columns): Columns {
  const order = x.map((_, i) => i).sort((one, other) => (x[one] as number) - (x[other] as number));
  const by = <T>(column: T[]): T[] => order.map((i) => column[i] as T);
  return { scale, x: by(x), names: by(names), series: series.map(by) };
}

/** `bars` maps the place of a bar, a number as text, to its label and value. */
export function barsOf(bars: Map<string, unknown>): Columns {
  const ordered = [...bars].sort(([one], [other]) => Number(one) - Number(other));
  const entries = ordered.map(([, bar]) => (Array.isArray(bar) ? (bar as unknown[]) : [bar, null]));
  return {
    scale: "category",
    x: entries.map((_, index) => index),
    names: entries.map((bar) => bar[0]),
    series: [entries.map((bar) => numberOf(bar[1]))],
  };
}

/** What the x of a point is called. Made when it is looked at: texts of thousands of points would be made for nobody. */
export const labelOf = (columns: Columns, index: number): string => (index in columns.names ? asText(columns.names[index]) : "");

const numberOf = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);

function xOf(value: unknown, index: number, scale: Scale): number | null {
  if (scale === "category") return index;
  if (scale === "time") return timeOf(value);
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : numberOf(value);
}

/** Seconds since 1970: of an ISO text, or of a number in seconds, milliseconds or microseconds, told apart by size. */
function timeOf(value: unknown): number | null {
  if (typeof value === "string") {
    const time = Date.parse(value);
    return Number.isNaN(time) ? null : time / 1000;
  }
  const number = numberOf(value);
  if (number === null) return null;
  const size = Math.abs(number);
  return size < 1e11 ? number : size < 1e14 ? number / 1e3 : number / 1e6;
}

/** The newest value that is known; if the last is `open`, rather that of a step that is over. */
export function latest(series: (number | null)[] | undefined, open = false): number | null {
  const over = open ? series?.slice(0, -1) : series;
  return over?.findLast((one) => one !== null) ?? series?.at(-1) ?? null;
}
