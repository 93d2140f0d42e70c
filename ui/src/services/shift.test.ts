import { describe, expect, it } from "vitest";
import { bucketsOf, holm, rankTest, shareTest, sizeOf, tailTest } from "./shift";

const A = bucketsOf({ 10: 40, 11: 60, 12: 30, 13: 5 });
const B = bucketsOf({ 10: 20, 11: 50, 12: 60, 13: 25 });

/** The values are SciPy's: mannwhitneyu(method="asymptotic"), chi2_contingency(correction=False). */
describe("tests on histograms", () => {
  it("rank by buckets as SciPy does with ties", () => {
    const found = rankTest(A, B);
    expect(found?.p).toBeCloseTo(7.297112652126587e-8, 13);
    expect(found?.superiority).toBeCloseTo(0.6744324970131422, 12);
    expect(rankTest(B, A)?.superiority).toBeCloseTo(1 - 0.6744324970131422, 12);
    expect(rankTest(A, A)).toEqual({ p: 1, superiority: 0.5 });
  });
  it("compare the shares above a common quantile", () => {
    expect(tailTest(A, B, 0.5)).toBeCloseTo(6.144371911668666e-7, 11);
    expect(tailTest(A, B, 0.9)).toBeCloseTo(0.0005288318994030957, 8);
    expect(tailTest(A, A, 0.5)).toBe(1);
  });
  it("say nothing of too little", () => {
    const few = bucketsOf({ 1: 29 });
    expect([rankTest(A, few), tailTest(few, A, 0.5), shareTest(0, 1000, 1, 1000), sizeOf(few)]).toEqual([null, null, null, 29]);
  });
  it("call all alike no difference", () => {
    const one = bucketsOf({ 5: 1000 });
    expect([rankTest(one, one)?.p, tailTest(one, one, 0.5)]).toEqual([1, null]);
  });
  it("keep the share of false alarms: 1000 draws of one distribution", () => {
    let seed = 1;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const draw = () => {
      const counts: Record<string, number> = {};
      for (let i = 0; i < 80; i += 1) {
        const bucket = Math.floor(20 * random() * random());
        counts[bucket] = (counts[bucket] ?? 0) + 1;
      }
      return bucketsOf(counts);
    };
    const alarms = Array.from({ length: 1000 }, () => rankTest(draw(), draw())?.p ?? 1).filter((p) => p < 0.05).length;
    expect(alarms).toBeGreaterThan(25);
    expect(alarms).toBeLessThan(75);
  });
});

describe("Holm's correction", () => {
  it("steps down, keeps the order, and leaves out what was not tested", () => {
    expect(holm([0.01, null, 0.04, 0.03, 0.005])).toEqual([0.03, null, 0.06, 0.06, 0.02]);
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
  });
});
