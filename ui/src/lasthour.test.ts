import { describe, expect, it } from "vitest";
import type { Cell } from "./core/series";
import { countsOf, perMinute, stretches, total } from "./lasthour";

const cell = (n: number): Cell => [n, 0, 0, 0, [0, 0], {}];
const now = 1000 * 60e6 + 5e6;

describe("the last hour", () => {
  it("counts what lies in its window", () => {
    const counts = countsOf(new Map([["940", cell(9)], ["941", cell(2)], ["1000", cell(3)]]), now);
    expect([...counts]).toEqual([[941, 2], [1000, 3]]);
    expect(total(counts)).toBe(5);
    const line = perMinute([counts, new Map([[999, 4]])], now);
    expect([line.length, line[0], line.at(-1)]).toEqual([59, 2, 4]);
  });

  it("finds the stretches, over small gaps", () => {
    expect(stretches([5, 1, 2, 4, 9, 9], 1)).toEqual([[1, 5], [9, 9]]);
    expect(stretches([], 1)).toEqual([]);
  });
});
