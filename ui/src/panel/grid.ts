/** The layout of a panel, as the script's topic gives it: grids of rows of columns, components at the leaves. */

export const SIZES = ["xs", "sm", "md", "lg"] as const;
export type Size = (typeof SIZES)[number];

export interface Node {
  type: string;
  /** Of a component: which topic holds its state. */
  id: string;
  spans: Partial<Record<Size, number>>;
  children: Node[];
}

const CONTAINERS = new Set(["Grid", "Row", "Col"]);
/** Kinds that are drawn over an x axis; an area is a line whose data sets say that they are filled. */
export const CHARTS = new Set(["LineChart", "AreaChart", "BarChart", "ScatterChart"]);
export const isComponent = (node: Node): boolean => !CONTAINERS.has(node.type);

interface Given {
  type?: unknown;
  id?: unknown;
  props?: Record<string, unknown>;
  children?: unknown;
}

/** Null for what is no layout: a script without one, or one that is still loading. */
export function gridOf(given: unknown): Node | null {
  const value: unknown = typeof given === "string" ? parsed(given) : given;
  if (typeof value !== "object" || value === null) return null;
  return nodeOf(value as Given);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function nodeOf(given: Given): Node {
  const props = given.props ?? {};
  const children = Array.isArray(given.children) ? (given.children as Given[]) : [];
  const spans: Node["spans"] = {};
  for (const size of SIZES) {
    const span = props[size];
    if (typeof span === "number" && span >= 1) spans[size] = Math.min(12, Math.round(span));
  }
  return { type: String(given.type ?? ""), id: String(given.id ?? props["id"] ?? ""), spans, children: children.map(nodeOf) };
}

/** "price_by_zone" reads "Price by zone": what a component is called where it has no description. */
export function titleOf(id: string): string {
  const words = id.replace(/[_-]+/g, " ").trim();
  return words === "" ? id : words.charAt(0).toUpperCase() + words.slice(1);
}
