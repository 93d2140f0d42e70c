/** What leaves a chart: its data as CSV in a file, or as text between tabs for a spreadsheet. Loaded when somebody asks. */
import type { Data } from "./data";

export function save(data: Data, name: string, form: "csv" | "json" = "csv"): void {
  const text = form === "csv" ? csvOf(data.head, rowsOf(data)) : jsonOf(data.head, rowsOf(data));
  const file = new Blob([text], { type: form === "csv" ? "text/csv" : "application/json" });
  const anchor = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: `${name}.${form}` });
  anchor.click();
  URL.revokeObjectURL(anchor.href);
}

export const copy = (data: Data): Promise<void> => navigator.clipboard.writeText(tabsOf(data.head, rowsOf(data)));

const rowsOf = (data: Data): unknown[][] => Array.from({ length: data.count }, (_, i) => data.rowAt(i));

function textOf(given: unknown): string {
  const text = given === null || given === undefined ? "" : typeof given === "object" ? JSON.stringify(given) : String(given);
  // A leading sign of a formula would run in a spreadsheet; a quote before it keeps it text.
  return typeof given === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** A list of objects, a row each. */
export const jsonOf = (head: string[], rows: unknown[][]): string =>
  `${JSON.stringify(rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? null]))), null, 1)}\n`;

/** RFC 4180, with CR LF. */
export function csvOf(head: string[], rows: unknown[][]): string {
  const quoted = (given: unknown) => {
    const text = textOf(given);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [head, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
}

/** A line a row; what would end a cell or a line is a space. */
export const tabsOf = (head: string[], rows: unknown[][]): string =>
  [head, ...rows].map((row) => row.map((given) => textOf(given).replace(/[\t\r\n]+/g, " ")).join("\t")).join("\n");
