// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { addCells, quantile, type Cell, type Cells } from "./series";

type Written = { [minute: string]: Cell };
interface Vectors {
  merge: { parts: Written[]; want: Written }[];
  quantile: [Cell, number, number][];
}

const SPEC = new URL("../../../spec/series.json", import.meta.url);
const VECTORS = JSON.parse(readFileSync(SPEC, "utf8")) as Vectors;

function merged(parts: readonly Written[]): Cells {
  const cells: Cells = new Map();
  for (const part of parts) addCells(cells, part);
  return cells;
}

describe("cells", () => {
  it.each(VECTORS.merge)("merge the same in any order %#", ({ parts, want }) => {
    const expected = new Map(Object.entries(want));
    expect(merged(parts)).toEqual(expected);
    expect(merged([...parts].reverse())).toEqual(expected);
  });

  it.each(VECTORS.quantile)("have the percentiles of Python %#", (cell, p, want) => {
    expect(Math.abs(quantile(cell, p) - want)).toBeLessThanOrEqual(1e-9 * Math.abs(want));
  });
});
