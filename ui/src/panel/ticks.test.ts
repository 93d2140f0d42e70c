import { describe, expect, it } from "vitest";
import { aroundOne, atLeast, lonely } from "./ranges";
import { categoryFit, categorySplits, categoryTicks, numberTicks } from "./ticks";

const names = ["distutils", "collections", "_pydecimal", "asyncio", "doctest", "email", "datetime", "xml"];
const labelAt = (index: number) => names[index % names.length] as string;

describe("an axis of categories", () => {
  it("labels every bar while there is room, and shortens", () => {
    expect(categoryFit(8, 590, true, labelAt)).toEqual({ every: 1, letters: 10, slant: 0 });
    expect(categoryTicks([0, 1], labelAt, 10)).toEqual(["distutils", "collectio…"]);
  });
  it("slants where level labels would say little, and leaves some out at last", () => {
    expect(categoryFit(8, 300, true, labelAt)).toMatchObject({ every: 1, slant: 40 });
    expect(categoryFit(200, 600, true, labelAt)).toMatchObject({ slant: 0, every: 26 });
    expect(categoryFit(8, 300, false, labelAt)).toMatchObject({ slant: 0, every: 3 });
    expect(categorySplits(8, 3)).toEqual([0, 3, 6]);
  });
  it("labels few where there are more categories than pixels", () => {
    const { every } = categoryFit(1000, 165, false, (index) => String(1000 + index));
    expect(categorySplits(1000, every)).toHaveLength(5);
    expect(categorySplits(1000, categoryFit(1000, 0, false, labelAt).every)).toEqual([0]);
  });
});

describe("few points", () => {
  it("are seen, in a span that says something", () => {
    expect(aroundOne(1000, "time")).toEqual([970, 1030]);
    expect(aroundOne(3, "linear")).toEqual([2.5, 3.5]);
    expect(atLeast(10, 11, 5)).toEqual([8, 13]);
    expect(atLeast(10, 20, 5)).toEqual([10, 20]);
  });
  it("are marked where no line runs", () => {
    expect(lonely([4])).toEqual([0]);
    expect(lonely([4, 5])).toBeNull();
    expect(lonely([4, 5, null, 6, null, 7, 8])).toEqual([3]);
    expect(lonely([4, null, 6])).toEqual([0, 2]);
  });
});

describe("ticks", () => {
  it("have the decimals that their step needs", () => {
    expect(numberTicks([3, 3.25, 3.5])).toEqual(["3.00", "3.25", "3.50"]);
    expect(numberTicks([0, 0.1, 0.2, 0.30000000000000004])).toEqual(["0.0", "0.1", "0.2", "0.3"]);
    expect(numberTicks([0, 20, 40])).toEqual(["0", "20", "40"]);
  });
});
