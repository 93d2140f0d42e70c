import { expect, it } from "vitest";
import { chance, changed, failedShare, took } from "./words";

it("writes shares, changes and chances as short as they can be told apart", () => {
  expect([0, 0.00001, 0.0029, 0.25, 1].map(failedShare)).toEqual(["0 %", "< 0.01 %", "0.29 %", "25 %", "100 %"]);
  expect([-0.561, -0.001, 0.27, 3.2].map(changed)).toEqual(["−56 %", "0 %", "+27 %", "×4.2"]);
  expect([0.0001, 0.0341].map(chance)).toEqual(["p < 0.001", "p = 0.034"]);
  expect([null, 0.0123].map(took)).toEqual(["", "12 ms"]);
});
