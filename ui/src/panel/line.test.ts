import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type uPlot from "uplot";
import { shown } from "./colors";
import { line } from "./line";

class Path {
  said: string[] = [];
  moveTo = (x: number, y: number) => void this.said.push(`M${x},${y}`);
  rect = (...sides: number[]) => void this.said.push(sides.join(","));
  addPath = (path: Path, by: { e: number; f: number }) => void this.said.push(...(this.said.length > 0 ? ["+"] : []), `${by.e},${by.f}:`, ...path.said);
  lineTo = (x: number, y: number) => void this.said.push(`L${x},${y}`);
}

beforeEach(() => void vi.stubGlobal("Path2D", Path));
afterEach(() => vi.unstubAllGlobals());

interface Asked {
  filled?: boolean;
  width?: number;
  /** Points a pixel. */
  dense?: number;
  dashes?: number[];
  open?: boolean;
}

/** As much of a plot as a line asks for: upside down, 100 high, its first value at the left. Says what was drawn, in its order. */
function drawn(values: (number | null)[], { filled = false, width = 1, dense = 1, dashes = [], open = false }: Asked = {}, more: Partial<uPlot> = {}): Record<string, string> {
  const said: Record<string, string> = {};
  const tell = (what: string) => (path: unknown) => void (said[what] = [said[what] ?? [], (path as Path).said.join(" ")].flat().join(" | "));
  const ctx = { save: () => undefined, restore: () => undefined, setLineDash: (lengths: number[]) => void (said["dash"] = [said["dash"] ?? [], lengths.join(" ")].flat().join(" | ")), clip: tell("clip"), fill: tell("fill"), stroke: tell("stroke") };
  const u = {
    ctx,
    data: [values.map((_, i) => i), values],
    series: [{}, { scale: "y" }],
    scales: { x: { min: 0, max: values.length - 1 }, y: { min: 0, max: 100 } },
    bbox: { left: 0, top: 0, width: values.length / dense, height: 100 },
    valToPos: (value: number, key: string) => (key === "x" ? value / dense : 100 - value),
    ...more,
  };
  const look = { width, color: () => "black", fill: filled ? () => "grey" : null, dashes, open };
  expect(line(look)(u as unknown as uPlot, 1, 0, values.length - 1)).toBeNull();
  return said;
}

it("draws a line in as few pieces as it needs, and breaks it at gaps", () => {
  const { stroke, fill, dash } = drawn([0, 1, 2, 3, null, 3, 3]);
  expect(stroke).toBe("M0,100 L3,97 M5,97 L6,97");
  expect([fill, dash]).toEqual([undefined, ""]);
});

it("fills each stretch down to zero", () => {
  expect(drawn([1, 1, null, 2, 3], { filled: true })["fill"]).toBe("M0,100 L0,99 L1,99 L1,100 M3,100 L3,98 L4,97 L4,100");
});

it("draws a wide line as fine ones, within whole pixels, and dashed where that is asked for", () => {
  expect(drawn([3, 3, 3], { width: 1.5, dashes: [6, 4] })).toEqual({ stroke: "M0,96.75 L2,96.75 M0,97.25 L2,97.25", clip: "-1,-1,5,102", dash: "6 4" });
});

it("draws the way to the value of a step that is under way dashed", () => {
  const said = drawn([0, 1, 2, 1], { filled: true, open: true });
  expect(said).toMatchObject({ stroke: "M0,100 L2,98 | M2,98 L3,99", dash: " | 2 3", fill: "M0,100 L0,100 L2,98 L2,100 M2,100 L2,98 L3,99 L3,100" });
  expect(drawn([0, null, 3], { open: true })).toMatchObject({ dash: "" });
  expect(drawn([0, 1, null], { open: true })).toMatchObject({ stroke: "M0,100 L1,99" });
});

it("draws what is more crooked than there are pixels upright in each column of them, and breaks that at gaps, too", () => {
  const crooked = Array.from({ length: 3000 }, (_, i) => (i === 10 ? null : (i % 2) * 90));
  expect(drawn(crooked)["stroke"]?.split(" ")).toHaveLength(2999);
  const { stroke } = drawn(crooked, { dense: 5, width: 1.5 });
  expect(stroke?.split(" + ")).toHaveLength(2);
  expect(stroke?.split(" ").slice(0, 8).join(" ")).toBe("-0.25,-0.25: M0.5,100 L0.5,10 L0.5,10 L1.5,100 L1.5,10 L1.5,10 M2.5,10");
});

it("knows where values lie on a scale of logarithms", () => {
  const more = { data: [[1, 10, 100], [1, 2, 1]], scales: { x: { min: 1, max: 100, distr: 3 }, y: { min: 0, max: 100 } } } as unknown as Partial<uPlot>;
  expect(drawn([1, 1, 1], {}, more)["stroke"]).toBe("M1,99 L50.5,98 L100,99");
});

it("clips colours that no canvas shows", () => {
  expect(shown("color(srgb -0.00602058 0.415836 1.2)")).toBe("rgb(0 106 255 / 1)");
  expect(shown("color(srgb 0.2 0.4 0.6 / 0.12)")).toBe("rgb(51 102 153 / 0.12)");
  expect(shown("rgb(1, 2, 3)")).toBe("rgb(1, 2, 3)");
});
