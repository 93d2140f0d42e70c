import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type uPlot from "uplot";
import { shown } from "./colors";
import { line } from "./line";

class Path {
  said: string[] = [];
  moveTo = (x: number, y: number) => void this.said.push(`M${x},${y}`);
  addPath = (_: Path, by: { e: number; f: number }) => void this.said.push(`+${by.e},${by.f}`);
  lineTo = (x: number, y: number) => void this.said.push(`L${x},${y}`);
}

beforeEach(() => void vi.stubGlobal("Path2D", Path));
afterEach(() => vi.unstubAllGlobals());

/** As much of a plot as a path asks for: `dense` points a pixel, upside down, 100 high. */
function plot(values: (number | null)[], dense = 1): uPlot {
  const same = (value: number) => value;
  const x = (value: number) => value / dense;
  const y = (value: number) => 100 - value;
  const series = [{ scale: "x" }, { scale: "y", pxRound: same, gaps: (...[, , , , gaps]: unknown[]) => gaps, fill: () => null, fillTo: () => 0 }];
  const scales = { x: { ori: 0, dir: 1, key: "x", min: 0, max: values.length - 1, distr: 1 }, y: { min: 0, max: 100, distr: 1 } };
  const data = [values.map((_, i) => i), values];
  const valToPos = (value: number, key: string) => (key === "x" ? x(value) : y(value));
  return { data, _data: data, series, scales, bands: [], bbox: { left: 0, top: 0, width: values.length / dense, height: 100 }, valToPos, posToVal: (at: number) => at * dense, valToPosH: x, valToPosV: y } as unknown as uPlot;
}
const pathOf = (values: (number | null)[], filled = false, dense = 1, width = 1) => line(width, filled)(plot(values, dense), 1, 0, values.length - 1);
const said = (path: unknown) => (path as Path).said.join(" ");

it("draws a line in as few pieces as it needs, and breaks it at gaps", () => {
  const paths = pathOf([0, 1, 2, 3, null, 3, 3]);
  expect(said(paths?.stroke)).toBe("M0,100 L3,97 M5,97 L6,97");
  expect(paths?.gaps).toEqual([[3, 5]]);
  expect(paths?.fill).toBeNull();
});

it("fills each stretch down to zero", () => {
  expect(said(pathOf([1, 1, null, 2, 3], true)?.fill)).toBe("M0,100 L0,99 L1,99 L1,100 M3,100 L3,98 L4,97 L4,100");
});

it("draws what is more crooked than there are pixels as fine lines side by side, which are as wide", () => {
  const crooked = Array.from({ length: 3000 }, (_, i) => (i % 2) * 90);
  expect(pathOf(crooked, false, 1)?.stroke).toHaveProperty("said.length", 3000);
  const dense = pathOf(crooked, false, 5, 1.5);
  expect(said(dense?.stroke)).toBe("+-0.25,-0.25 +0.25,0.25");
  expect(dense).toHaveProperty("_width", 1);
});

it("draws a wide line as fine ones, and knows where values lie on a scale of logarithms", () => {
  expect(said(pathOf([3, 3, 3], false, 1, 1.5)?.stroke)).toBe("M0,96.75 L2,96.75 M0,97.25 L2,97.25");
  const logarithmic = plot([1, 1, 1]);
  Object.assign(logarithmic.scales["x"] ?? {}, { min: 1, max: 100, distr: 3 });
  Object.assign(logarithmic, { data: [[1, 10, 100], [1, 2, 1]] });
  expect(said(line(1, false)(logarithmic, 1, 0, 2)?.stroke)).toBe("M1,99 L50.5,98 L100,99");
});

it("clips colours that no canvas shows", () => {
  expect(shown("color(srgb -0.00602058 0.415836 1.2)")).toBe("rgb(0 106 255 / 1)");
  expect(shown("color(srgb 0.2 0.4 0.6 / 0.12)")).toBe("rgb(51 102 153 / 0.12)");
  expect(shown("rgb(1, 2, 3)")).toBe("rgb(1, 2, 3)");
});
