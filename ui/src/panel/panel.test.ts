import { describe, expect, it } from "vitest";
import { barsOf, datasetsOf, GoingOn, labelOf, latest, scaleOf, type Scale } from "./chartdata";
import { CHARTS, gridOf, isComponent, titleOf } from "./grid";

const columnsOf = (points: readonly unknown[][], datasets: number, scale: Scale) => new GoingOn().of(points, datasets, scale);

describe("the layout", () => {
  const sample = {
    type: "Grid",
    children: [
      { type: "Row", children: [{ type: "Col", props: { md: 12 }, children: [{ type: "Text", id: "text" }] }] },
      {
        type: "Row",
        children: [
          { type: "Col", props: { xs: 6, md: 40 }, children: [{ type: "Table", id: "table" }, { type: "Row", children: [] }] },
          { type: "Col", children: [{ type: "LineChart", id: "chart" }] },
        ],
      },
    ],
  };
  it("is read from JSON or its text", () => {
    expect(gridOf(JSON.stringify(sample))).toEqual(gridOf(sample));
    const columns = gridOf(sample)?.children[1]?.children ?? [];
    expect(columns.map((column) => column.spans)).toEqual([{ xs: 6, md: 12 }, {}]);
    expect(columns[0]?.children.map((child) => [child.type, child.id, isComponent(child)])).toEqual([
      ["Table", "table", true],
      ["Row", "", false],
    ]);
  });
  it("is null for what is none", () => {
    for (const none of [null, undefined, "", "{", 3, "null"]) expect(gridOf(none)).toBeNull();
  });
  it("names components by their ids", () => {
    expect(titleOf("price_by_zone")).toBe("Price by zone");
    expect(titleOf("__")).toBe("__");
  });
});

describe("chart data", () => {
  it("is what an area has, too: its data sets are filled, and nothing else is different", () => {
    expect([...CHARTS]).toEqual(["LineChart", "AreaChart", "BarChart", "ScatterChart"]);
    expect(datasetsOf([{ label: "a", fill: true }, { label: "b" }]).map((one) => one.fill)).toEqual([true, false]);
  });
  it("takes categories as they come", () => {
    expect(columnsOf([["a", 1], ["b", null], ["a", 3]], 1, "category")).toEqual({
      scale: "category", x: [0, 1, 2], names: ["a", "b", "a"], series: [[1, null, 3]],
    });
  });
  it("keeps gaps, short points and text gaps", () => {
    expect(columnsOf([[1, 2, 3], [2, 4], [3, "x", 5]], 2, "linear").series).toEqual([[2, 4, null], [3, null, 5]]);
  });
  it("sorts numbers and leaves out what has no place", () => {
    expect(columnsOf([[3, 1], [1, 2], ["x", 9]], 1, "linear")).toMatchObject({ x: [1, 3], names: [1, 3], series: [[2, 1]] });
    expect(columnsOf([[0, 1], [10, 2]], 1, "logarithmic").x).toEqual([10]);
  });
  it("reads times in any unit", () => {
    const second = 1_773_281_560;
    const iso = new Date(second * 1000).toISOString();
    expect(columnsOf([[iso, 1], [second, 1], [second * 1e3, 1], [second * 1e6, 1], ["never", 1]], 1, "time").x).toEqual([
      second, second, second, second,
    ]);
  });
  it("goes on with what a list gave before, whatever comes, and gives what the whole list gives", () => {
    const rows = (...xs: unknown[]): unknown[][] => xs.map((x, i) => [x, i, i % 3 === 0 ? null : -i]);
    for (const scale of ["category", "linear", "logarithmic", "time"] satisfies Scale[]) {
      const goingOn = new GoingOn();
      let points: unknown[][] = [];
      const same = (datasets = 2) => expect(goingOn.of(points, datasets, scale)).toEqual(columnsOf(points, datasets, scale));
      const push = (keep: number, ...xs: unknown[]) => {
        points.push(...rows(...xs));
        points.splice(0, points.length - keep);
        same();
      };
      same();
      push(9, 1, 2, 3);
      push(9, 4);
      push(4, 5, 6);
      push(4);
      push(3);
      push(3, 7, 8, 9, 10);
      push(9, 4, 11);
      push(9, 12, 13);
      push(9, "none", 14);
      push(9, 15);
      same(1);
      points = rows(3, 1);
      same();
    }
  });
  it("does not convert anew what it knows", () => {
    const goingOn = new GoingOn();
    const points = [[1, 5], [2, 6]];
    const { x, names } = goingOn.of(points, 1, "linear");
    points.push([3, 7]);
    points.shift();
    const next = goingOn.of(points, 1, "linear");
    expect(next.x).toBe(x);
    expect(next.names).toBe(names);
    expect(next).toEqual(columnsOf(points, 1, "linear"));
  });
  it("makes labels when they are looked at", () => {
    const columns = columnsOf([[1.5, 1], [null, 2]], 1, "category");
    expect([0, 1, 2].map((index) => labelOf(columns, index))).toEqual(["1.5", "none", ""]);
  });
  it("orders bars by number, not by text", () => {
    const bars = new Map<string, unknown>([["10", ["c", 3]], ["2", ["b", 2]], ["0", ["a", null]]]);
    expect(barsOf(bars)).toEqual({ scale: "category", x: [0, 1, 2], names: ["a", "b", "c"], series: [[null, 2, 3]] });
  });
  it("maps colours and attributes", () => {
    expect(datasetsOf([{ label: "a", color: "Red", line_tension: 0.4, point_radius: 2, fill: true }, {}])).toEqual([
      { label: "a", color: 4, tension: true, radius: 2, fill: true },
      { label: "Dataset 2", color: 2, tension: false, radius: null, fill: false },
    ]);
    expect(scaleOf("Time")).toBe("time");
    expect(scaleOf(undefined)).toBe("category");
    expect(latest([1, 2, null])).toBe(2);
    expect(latest([])).toBeNull();
    expect([latest([1, 2], true), latest([null, 2], true), latest([null], true)]).toEqual([1, 2, null]);
  });
});
