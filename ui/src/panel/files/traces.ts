/** The points of a figure's traces as rows. Loaded when somebody asks for the table, or for the data. */
import type { Data } from "../data/data";

interface Trace {
  name: string;
  count: number;
  cells(index: number): unknown[];
}

type Column = ArrayLike<unknown>;
const TYPES: Record<string, new (buffer: ArrayBuffer) => ArrayLike<number>> = {
  f8: Float64Array, f4: Float32Array, i4: Int32Array, i2: Int16Array, i1: Int8Array, u4: Uint32Array, u2: Uint16Array, u1: Uint8Array,
};

export function tableOf(text: string, words: { trace: string; traceOf: (number: number) => string }): Data {
  const figure = JSON.parse(text) as { data?: unknown };
  const given = Array.isArray(figure.data) ? (figure.data as Record<string, unknown>[]) : [];
  const traces = given.map((trace, index) => traceOf(trace, words.traceOf(index + 1)));
  const deep = traces.some((trace) => trace.count > 0 && trace.cells(0).length === 3);
  return {
    head: [words.trace, "x", "y", ...(deep ? ["z"] : [])],
    count: traces.reduce((sum, trace) => sum + trace.count, 0),
    rowAt(index) {
      let at = index;
      for (const trace of traces) {
        if (at < trace.count) return [trace.name, ...trace.cells(at), ...(deep ? [null] : [])].slice(0, deep ? 4 : 3);
        at -= trace.count;
      }
      return [];
    },
  };
}

function traceOf(trace: Record<string, unknown>, unnamed: string): Trace {
  const name = typeof trace["name"] === "string" && trace["name"] !== "" ? trace["name"] : unnamed;
  const x = columnOf(trace["x"] ?? trace["labels"]);
  const y = columnOf(trace["y"] ?? trace["values"]);
  const z = columnOf(trace["z"]);
  const row = z && z.length > 0 ? columnOf(z[0]) : null;
  if (z && row) {
    const width = row.length;
    const cells = (index: number) => {
      const [line, column] = [Math.floor(index / width), index % width];
      return [x?.[column] ?? column, y?.[line] ?? line, columnOf(z[line])?.[column] ?? null];
    };
    return { name, count: z.length * width, cells };
  }
  const count = Math.max(x?.length ?? 0, y?.length ?? 0);
  return { name, count, cells: (index) => [x ? (x[index] ?? null) : y ? index : null, y?.[index] ?? null, ...(z ? [z[index] ?? null] : [])] };
}

/** A list, or what Plotly writes for an array of numpy: {dtype, bdata: base64, shape}. */
function columnOf(given: unknown): Column | null {
  if (Array.isArray(given) || ArrayBuffer.isView(given)) return given as unknown as Column;
  const packed = given as { dtype?: unknown; bdata?: unknown; shape?: unknown } | null | undefined;
  const Numbers = TYPES[String(packed?.dtype ?? "")];
  if (!packed || !Numbers || typeof packed.bdata !== "string") return null;
  const numbers = new Numbers(Uint8Array.from(atob(packed.bdata), (letter) => letter.charCodeAt(0)).buffer);
  const [rows = 0, width] = String(packed.shape ?? "").split(",").map(Number);
  if (!width) return numbers;
  return Array.from({ length: rows }, (_, i) => Array.prototype.slice.call(numbers, i * width, (i + 1) * width) as unknown[]);
}
