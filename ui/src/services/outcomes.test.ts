import { describe, expect, it } from "vitest";
import { barsOf, outcomeParts, outcomesOf, shareOf } from "./outcomes";

const HOUR = 3600e6;

describe("how requests ended", () => {
  const cells = (...counts: number[]) => counts.map((count, hour) => ({ at: hour * HOUR, count })).filter(({ count }) => count > 0);
  const series = [
    { topic: "service/shop", field: "duration", cells: cells(10, 0, 8) },
    { topic: "service/shop", field: "refused", cells: cells(0, 0, 2) },
    { topic: "service/shop", field: "errors", cells: cells(1, 0, 3) },
    { topic: "service/shop/endpoint/a", field: "errors", cells: cells(99) },
  ];
  const steps = [0, HOUR, 2 * HOUR];
  it("is well what was neither refused nor failed", () => {
    const parts = outcomeParts(outcomesOf("service/shop", series), steps);
    expect(parts.map(({ color, counts }) => [color, counts])).toEqual([[1, [9, 0, 3]], [2, [0, 0, 2]], [4, [1, 0, 3]]]);
    expect(outcomeParts(outcomesOf("service/shop", series.slice(0, 1)), steps).map(({ sum }) => sum)).toEqual([18]);
  });
  it("has shares where there were requests", () => {
    const shares = (count: number) => shareOf(outcomesOf("service/shop", series), steps.slice(0, count), HOUR).map(([, ...both]) => both);
    expect(shares(3)).toEqual([[0, 10], [null, null], [25, 37.5]]);
    // What goes on beyond the last step is not in it.
    expect(shares(1)).toEqual([[0, 10]]);
  });
  it("has bars of minutes, hours, days or weeks", () => {
    const now = Date.UTC(2026, 10, 21, 12) * 1000;
    const midnight = new Date(now / 1000).setHours(0, 0, 0, 0) * 1000;
    expect(barsOf("hour", now - HOUR, now)).toHaveLength(60);
    expect(barsOf("today", midnight, now).length).toBe(Math.floor((now - midnight) / HOUR) + 1);
    expect(barsOf("all", now - 91 * 24 * HOUR, now).length).toBeGreaterThan(90);
    expect(barsOf("all", now - 1000 * 24 * HOUR, now).length).toBeLessThan(150);
  });
});
