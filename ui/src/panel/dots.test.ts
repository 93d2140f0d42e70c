import { expect, it } from "vitest";
import { press } from "./dots";

it("stamps each pixel with the fullest of what covers it", () => {
  const width = 4;
  const target = new Uint32Array(width * 3);
  const stamp = { size: 2, pixels: Uint32Array.from([9, 5, 0, 7]) };
  press(stamp, target, width, 0, 0);
  press(stamp, target, width, 1, 0);
  press(stamp, target, width, 0, 0);
  expect([...target]).toEqual([9, 9, 5, 0, 0, 7, 7, 0, 0, 0, 0, 0]);
});
