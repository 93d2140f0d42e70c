import { expect, it } from "vitest";
import { paletteOf } from "./palette";

it("gives endpoints the colours that were chosen for them, and the others what is left", () => {
  const chosen = new Map<string, unknown>([["b", "#0061ff"], ["d", "#ff9900"], ["e", "red"], ["f", "#808080"]]);
  expect(paletteOf(["a", "b", "c", "d", "e", "f"], chosen)).toEqual([3, 1, 4, 2, 5, 8]);
  expect(paletteOf(["a", "b", "c"], new Map())).toEqual([1, 2, 3]);
  const hues = new Map([["red", "#dd0022"], ["green", "#11aa33"], ["violet", "#8800ff"], ["yellow", "#e6e600"], ["cyan", "#00aacc"]]);
  expect(paletteOf([...hues.keys()], hues)).toEqual([4, 3, 5, 7, 1]);
});

it("repeats colours rather than to have none", () => {
  expect(paletteOf(Array.from({ length: 10 }, (_, i) => String(i)), new Map())).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1, 2]);
});
