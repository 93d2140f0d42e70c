import { describe, expect, it } from "vitest";
import { compareAll, type Side } from "./compare";
import { bucketsOf } from "./shift";

/** Values around a bucket: as many as said, a share of them in a tail far above. */
function side(count: number, middle: number, tail = 0, more: Partial<Side> = {}): Side {
  const rest = count - tail;
  const buckets = bucketsOf({ [middle - 1]: rest * 0.25, [middle]: rest * 0.5, [middle + 1]: rest * 0.25, ...(tail > 0 ? { 300: tail } : {}) });
  return { count, p50: 1.04 ** middle, p95: 1.04 ** (tail / count > 0.05 ? 300 : middle + 1), buckets, failed: 0, status: null, ...more };
}
const of = (sides: Record<string, Side>) => new Map(Object.entries(sides));

describe("two versions", () => {
  it("are compared by what both have, the worst first", () => {
    const a = of({ same: side(400, 100), slow: side(400, 100), tail: side(400, 100), fast: side(400, 100), few: side(20, 100), gone: side(400, 100) });
    const b = of({ same: side(400, 100), slow: side(400, 104), tail: side(400, 100, 40), fast: side(400, 96), few: side(20, 200), new: side(400, 100) });
    const found = compareAll(a, b);
    expect(found.map(({ name, verdict }) => [name, verdict])).toEqual([["tail", "worse"], ["slow", "worse"], ["fast", "better"], ["same", "same"], ["few", "few"]]);
    const tail = found[0];
    expect([tail?.p50.sure, tail?.p95.sure]).toEqual([false, true]);
    expect(found[1]?.p50.change).toBeCloseTo(1.04 ** 4 - 1);
  });
  it("differ by less than a bucket for nobody", () => {
    const [found] = compareAll(of({ x: side(100_000, 100) }), of({ x: side(100_000, 101) }));
    expect([found?.p50.p === null, (found?.p50.p ?? 1) < 1e-9, found?.p50.sure, found?.verdict]).toEqual([false, true, false, "same"]);
  });
  it("show more errors, and codes that came instead of others", () => {
    const status = (codes: Record<string, number>) => ({ status: new Map(Object.entries(codes)) });
    const a = side(1000, 100, 0, { failed: 2, ...status({ 200: 980, 404: 18, 500: 2 }) });
    const b = side(1000, 100, 0, { failed: 30, ...status({ 200: 890, 404: 80, 500: 30 }) });
    const [found] = compareAll(of({ x: a }), of({ x: b }));
    expect(found?.verdict).toBe("worse");
    expect(found?.failed).toMatchObject({ sure: true });
    expect(found?.codes.map(({ code }) => code)).toEqual(["200", "404", "500"]);
    expect(found?.codes[1]).toMatchObject({ from: 0.018, to: 0.08 });
  });
  it("are corrected for how much was tested", () => {
    const many = (n: number, slow: number) => of(Object.fromEntries(Array.from({ length: n }, (_, i) => [`e${i}`, i === 0 ? side(120, slow) : side(120, 100)])));
    const alone = compareAll(many(1, 100), many(1, 101))[0]?.p50.p ?? 1;
    const among = compareAll(many(50, 100), many(50, 101)).find(({ name }) => name === "e0")?.p50.p ?? 0;
    expect(among).toBeGreaterThan(20 * alone);
  });
});
