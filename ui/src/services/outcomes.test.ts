import { describe, expect, it, vi } from "vitest";
import { barsOf, outcomeParts, outcomesOf, readUntold, shareOf } from "./outcomes";

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
  it("knows how many were refused before that was told over time", async () => {
    const answer = (count: number | null, status: object) => {
      const body = { totals: [{ topic: "service/shop", series: { refused: count && { count } }, state: { status } }], next: "more" };
      vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } })));
      return readUntold("service/shop");
    };
    expect([await answer(3, { 200: 9, 404: 7, 403: 1, 500: 2 }), await answer(8, { 404: 7 }), await answer(null, { 404: 2 }), await answer(null, {})]).toEqual([5, 0, 2, 0]);
    vi.unstubAllGlobals();
  });
});
