import { flushSync, mount, unmount } from "svelte";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Part } from "./lazy.svelte";
import { Heatmap, PieChart } from "./shapes";
import { heatOf, measured, stepOf } from "./shapes/heat";
import { slicesOf, wedge } from "./shapes/pie";

let made: ReturnType<typeof mount> | undefined;
afterEach(async () => {
  if (made) await unmount(made);
  made = undefined;
  document.body.replaceChildren();
});

function show(part: Part, fields: Record<string, unknown>): void {
  const shown = { id: "x", title: "X", version: 0, get: <V>(field: string) => fields[field] as V | undefined };
  made = mount(part, { target: document.body, props: { shown, topic: "script/a/panel/x" } });
  flushSync();
}
const texts = (of: string) => [...document.querySelectorAll(of)].map((one) => one.textContent?.trim().replace(/\s+/g, " "));
const cells = () => [...document.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent).join("|"));
const others = (count: number) => `${count} others`;

describe("a pie", () => {
  it("keeps the order and the colours that its slices were given", () => {
    const slices = slicesOf([["a", 1], ["none", null], ["zero", 0], ["b", 3]], others);
    expect(slices.map(({ name, share, from, color }) => [name, share, from, color])).toEqual([["a", 0.25, 0, 1], ["b", 0.75, 0.25, 2]]);
    expect(slicesOf("nonsense", others)).toEqual([]);
  });
  it("folds all but the largest into one", () => {
    const slices = slicesOf(Array.from({ length: 20 }, (_, i) => [`n${i}`, i + 1]), others);
    expect(slices.map((slice) => slice.name)).toEqual(["n13", "n14", "n15", "n16", "n17", "n18", "n19", "13 others"]);
    expect(slices.at(-1)).toMatchObject({ value: 91, folded: 13, color: 8 });
    expect(slices.reduce((sum, slice) => sum + slice.share, 0)).toBeCloseTo(1);
  });
  it("draws wedges from the top", () => {
    const slice = { name: "", value: 1, color: 1, folded: 0 };
    expect(wedge({ ...slice, from: 0, share: 0.25 })).toBe("M 50 50 L 50.000 1.000 A 49 49 0 0 1 99.000 50.000 Z");
    expect(wedge({ ...slice, from: 0, share: 1 })).toContain("A 49 49 0 1 1");
  });
  it("says what is seen, and has its data as a table", async () => {
    show(PieChart, { slices: [["used", 3], ["free", 1]], unit: "GB", hole: true });
    expect(document.querySelector("[role=img]")?.getAttribute("aria-label")).toBe("X: used 75.0 %, free 25.0 %");
    expect(texts("li")).toEqual(["used 3 GB 75.0 %", "free 1 GB 25.0 %"]);
    document.querySelector<HTMLButtonElement>("button[aria-pressed]")?.click();
    await vi.waitFor(() => expect(cells()).toEqual(["used|3|75.0 %", "free|1|25.0 %"]));
    expect(texts("thead th")).toEqual(["Name", "Value (GB)", "Share"]);
  });
});

describe("a heatmap", () => {
  it("has as many values in each step", () => {
    const heat = heatOf([["a", 1, 2, 3, 4, 5, 6, 7], ["b", null, "x"]], ["c"]);
    expect([heat.width, heat.least, heat.most]).toEqual([7, 1, 7]);
    expect([1, 2, 3, 4, 5, 6, 7].map((value) => stepOf(value, heat.cuts))).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect([null, "x", undefined].map((value) => stepOf(value, heat.cuts))).toEqual([0, 0, 0]);
    expect(stepOf(5, heatOf([["a", 5, 5, 5]], null).cuts)).toBe(4);
    expect(heatOf([], null).width).toBe(0);
  });
  it("looks at some of very many", () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => [i, ...Array.from({ length: 24 }, (_, k) => i * 24 + k)]);
    const { cuts } = heatOf(rows, null);
    expect(Math.abs((cuts[2] as number) - (240_000 * 3) / 7)).toBeLessThan(1000);
  });
  it("fills its height with few rows, and lets many scroll", () => {
    const at = (rows: number) => measured(heatOf(Array.from({ length: rows }, () => ["a", 1]), ["c"]), 300, 258, 60).line;
    expect([at(2), at(12), at(1000)]).toEqual([28, 20, 14]);
  });
  it("says what is seen, and has its data as a table", async () => {
    show(Heatmap, { rows: [["mo", 1, null], ["tu", 2, 3]], columns: ["am", "pm"], unit: "°C", max_rows: 0 });
    expect(document.querySelector("[role=img]")?.getAttribute("aria-label")).toBe("X: 2 rows of 2 columns, from 1 °C to 3 °C");
    document.querySelector<HTMLButtonElement>("button[aria-pressed]")?.click();
    await vi.waitFor(() => expect(cells()).toEqual(["tu|2|3", "mo|1|none"]));
    expect(texts("thead th")).toEqual(["Row", "am", "pm"]);
  });
  it("is empty before its first row", () => {
    show(Heatmap, { rows: [], columns: null, max_rows: 0 });
    expect(texts(".none")).toEqual(["No rows yet"]);
  });
});
