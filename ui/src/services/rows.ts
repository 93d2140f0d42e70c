/** The rows of the table of endpoints: which of them are shown, and in which order. */
import { columnOf, turned } from "../lists/order";
import { changeOf, type Change } from "./change";
import type { EndpointView, Figures } from "./service";

export interface EndpointRow {
  view: EndpointView;
  figures: Figures;
  before: Figures;
  change: Change;
}

export const rowOf = (view: EndpointView, figures: Figures, before: Figures): EndpointRow => ({ view, figures, before, change: changeOf(figures, before) });

const FIGURES: Record<string, (row: EndpointRow) => number | null> = {
  hits: (row) => row.figures.hits,
  errors: (row) => (row.figures.hits === 0 ? null : row.figures.failed / row.figures.hits),
  p50: (row) => row.figures.total?.p50 ?? null,
  p95: (row) => row.figures.total?.p95 ?? null,
  p99: (row) => row.figures.total?.p99 ?? null,
  change: (row) => row.change.p95,
  last: (row) => row.view.last,
};

/** The columns by which rows can be ordered; "-" before it is the greatest first. */
export const ORDERS = ["name", ...Object.keys(FIGURES)];
export const USUAL = "-hits";

export const orderOf = (given: string | null): string => (given !== null && ORDERS.includes(columnOf(given)) ? given : USUAL);

/** The order that a press on the head of a column asks for: figures begin with the greatest, names with the first. */
export const nextOrder = (order: string, column: string): string => turned(order, column === "name" ? column : `-${column}`);

export const sortedBy = (order: string, rows: readonly EndpointRow[]): EndpointRow[] => {
  const figure = FIGURES[columnOf(order)];
  const sign = order.startsWith("-") ? -1 : 1;
  const byName = (one: EndpointRow, other: EndpointRow) => one.view.name.localeCompare(other.view.name);
  return [...rows].sort((one, other) => {
    if (!figure) return sign * byName(one, other);
    const [a, b] = [figure(one), figure(other)];
    // What is not known stands below whatever is.
    if (a === null || b === null) return a === b ? byName(one, other) : a === null ? 1 : -1;
    return sign * (a - b) || byName(one, other);
  });
};

/** Those whose name has the text, in any case, and whose method is not hidden. */
export function shownOf(rows: readonly EndpointRow[], text: string, hidden: readonly string[]): EndpointRow[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter(({ view }) => view.name.toLowerCase().includes(wanted) && !hidden.includes(view.method));
}

/** The methods that there are, as they are usually named. */
export function methodsOf(rows: readonly EndpointRow[]): string[] {
  const usual = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
  const place = (method: string) => (usual.indexOf(method) + usual.length + 1) % (usual.length + 1);
  return [...new Set(rows.map(({ view }) => view.method))].filter((method) => method !== "").sort((one, other) => place(one) - place(other) || one.localeCompare(other));
}
