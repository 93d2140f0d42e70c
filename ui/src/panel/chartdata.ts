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
  /** What the x of each point is called. */
  labels: string[];
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

/** `points` are [x, value of dataset 0, value of dataset 1, ...], the oldest first. */
export function columnsOf(points: readonly unknown[][], datasets: number, scale: Scale): Columns {
  const placed = points.map((point, index) => ({ point, x: xOf(point[0], index, scale) }));
  const shown = placed.filter(({ x }) => x !== null && (scale !== "logarithmic" || x > 0)) as { point: unknown[]; x: number }[];
  if (shown.some(({ x }, index) => index > 0 && x < (shown[index - 1]?.x ?? x))) shown.sort((one, other) => one.x - other.x);
  return {
    scale,
    x: shown.map(({ x }) => x),
    labels: shown.map(({ point }) => asText(point[0])),
    series: Array.from({ length: datasets }, (_, index) => shown.map(({ point }) => numberOf(point[index + 1]))),
  };
}

/** `bars` maps the place of a bar, a number as text, to its label and value. */
export function barsOf(bars: Map<string, unknown>): Columns {
  const sorted = [...bars].sort(([one], [other]) => Number(one) - Number(other));
  const entries = sorted.map(([, bar]) => (Array.isArray(bar) ? (bar as unknown[]) : [bar, null]));
  return {
    scale: "category",
    x: entries.map((_, index) => index),
    labels: entries.map((bar) => asText(bar[0])),
    series: [entries.map((bar) => numberOf(bar[1]))],
  };
}

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

/** RFC 4180, with CR LF. */
export function csvOf(head: string[], rows: unknown[][]): string {
  const quoted = (given: unknown) => {
    const text = given === null || given === undefined ? "" : typeof given === "object" ? JSON.stringify(given) : String(given);
    // A leading sign of a formula would run in a spreadsheet; a quote before it keeps it text.
    const safe = typeof given === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [head, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
}
