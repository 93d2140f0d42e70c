import { describe, expect, it } from "vitest";
import { compare, failsNow, faster, hasAppeared, hasVanished, isMended, slower, stateOf, undisturbed, type Did } from "./compare";

/** Numbers that look random and are the same each time. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

/** A suite of tests of 5 to 500 ms; each repetition is some per cent off, now and then one takes three times as long. */
function suite(seed: number, { tests = 200, times = 5, noise = 0.05, between = 0.03, pace = 1, grown = {} as Record<number, number> } = {}): Map<string, Did> {
  const next = chance(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return new Map(
    Array.from({ length: tests }, (_, i) => {
      const usual = 0.005 * 100 ** (i / tests) * pace * (grown[i] ?? 1) * Math.exp(between * normal());
      return [`test_${i}`, { took: Array.from({ length: times }, () => usual * Math.exp(noise * normal()) * (next() < 0.03 ? 3 : 1)) }];
    }),
  );
}

describe("a build against another", () => {
  it("names nothing where only chance has changed, in twenty pairs of builds", () => {
    const named = Array.from({ length: 20 }, (_, i) => compare(suite(i + 1), suite(i + 101, { pace: 0.8 + i / 40 })).all);
    expect(named.flatMap((all) => [...slower(all), ...faster(all)])).toEqual([]);
    const few = Array.from({ length: 20 }, (_, i) => compare(suite(i + 1, { tests: 6, times: 3 }), suite(i + 101, { tests: 6, times: 3 })).all);
    expect(few.flatMap((all) => [...slower(all), ...faster(all)])).toEqual([]);
  });
  it("names those that became slower, the greatest first, on a machine of another pace", () => {
    const { all, pace } = compare(suite(1), suite(2, { pace: 1.3, grown: { 20: 1.6, 150: 3, 90: 0.4 } }));
    expect(slower(all).map((one) => one.name)).toEqual(["test_150", "test_20"]);
    expect(faster(all).map((one) => one.name)).toEqual(["test_90"]);
    expect(pace).toBeCloseTo(0.3, 1);
    expect(slower(all)[0]?.share).toBeGreaterThan(1.7);
  });
  it("names nothing whose repetitions lie among each other", () => {
    const one = new Map<string, Did>([["a", { took: [1.7, 1.9, 2.1, 12.1, 13.4].map((ms) => ms / 1000) }]]);
    const other = new Map<string, Did>([["a", { took: [4.2, 12, 12.5, 13.2, 18.4].map((ms) => ms / 1000) }]]);
    expect([compare(one, other).all[0]?.verdict, compare(other, one).all[0]?.verdict]).toEqual(["same", "same"]);
  });
  it("says nothing of what is too quick, or was run too seldom, to be told", () => {
    const quick = (factor: number) => new Map<string, Did>([["a", { took: [1, 1, 1, 1].map((one) => one * 1e-4 * factor) }]]);
    expect(compare(quick(1), quick(3)).all[0]?.verdict).toBe("same");
    const once = compare(suite(1, { times: 1 }), suite(2, { times: 1 }));
    expect([once.told, once.all.every((one) => one.verdict === "untold")]).toEqual([false, true]);
  });
  it("tells what fails now, is mended, came and went, and no times of what fails", () => {
    const before = new Map<string, Did>([["a", { took: [1, 1, 1] }], ["b", { took: [1, 1, 1], failed: 3 }], ["gone", { took: [1] }]]);
    const after = new Map<string, Did>([["a", { took: [9, 9, 9], failed: 1, error: "no" }], ["b", { took: [1, 1, 1] }], ["new", { took: [1] }]]);
    const { all } = compare(before, after);
    const names = (choose: (one: (typeof all)[number]) => boolean) => all.filter(choose).map((one) => one.name);
    expect([names(failsNow), names(isMended), names(hasAppeared), names(hasVanished)]).toEqual([["a"], ["b"], ["new"], ["gone"]]);
    expect(all.map((one) => one.verdict)).toEqual(["untold", "untold", "untold", "untold"]);
    expect([all[0]?.is, all[0]?.error, stateOf(undefined), undisturbed([3, 1, 2, 4, 5])]).toEqual(["flaky", "no", null, 2]);
  });
});
