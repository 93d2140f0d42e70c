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

/** `points` are [x, value of dataset 0, value of dataset 1, ...], the oldest first. One pass into arrays of their full length: it
 * runs with every change, and arrays that grow cost it five times as much. */
export function columnsOf(points: readonly unknown[][], datasets: number, scale: Scale): Columns {
  const x = new Array<number>(points.length);
  const names = new Array<unknown>(points.length);
  const series = Array.from({ length: datasets }, () => new Array<number | null>(points.length));
  let ascends = true;
  let count = 0;
  for (let i = 0; i < points.length; i += 1) {
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
  return ascends ? { scale, x, names, series } : sorted({ scale, x, names, series });
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

/** The newest value that is known. */
export const latest = (series: (number | null)[] | undefined): number | null =>
  series?.findLast((one) => one !== null) ?? null;
