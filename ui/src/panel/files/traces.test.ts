import { expect, it } from "vitest";
import { tableOf } from "./traces";

const words = { trace: "Trace", traceOf: (number: number) => `trace ${number}` };
const rows = (data: unknown) => {
  const table = tableOf(JSON.stringify({ data }), words);
  return [table.head, ...Array.from({ length: table.count }, (_, i) => table.rowAt(i))];
};
const packed = (numbers: number[], more: object = {}) => ({ dtype: "f8", bdata: btoa(String.fromCharCode(...new Uint8Array(Float64Array.from(numbers).buffer))), ...more });

it("has a row for each point of each trace", () => {
  expect(rows([{ name: "a", x: ["mo", "tu"], y: [1, null] }, { y: [5] }, { x: [7] }, { type: "pie", labels: ["p"], values: [3] }])).toEqual([
    ["Trace", "x", "y"], ["a", "mo", 1], ["a", "tu", null], ["trace 2", 0, 5], ["trace 3", 7, null], ["trace 4", "p", 3],
  ]);
});

it("reads what numpy has packed", () => {
  expect(rows([{ x: packed([1.5, 2]), y: { dtype: "i2", bdata: btoa("\x01\x00\xff\xff") } }])).toEqual([["Trace", "x", "y"], ["trace 1", 1.5, 1], ["trace 1", 2, -1]]);
});

it("unfolds what has two dimensions", () => {
  const wanted = [["Trace", "x", "y", "z"], ["h", "a", 0, 1], ["h", "b", 0, 2], ["h", "a", 1, 3], ["h", "b", 1, 4], ["trace 2", 0, 9, null]];
  expect(rows([{ name: "h", x: ["a", "b"], z: [[1, 2], [3, 4]] }, { y: [9] }])).toEqual(wanted);
  expect(rows([{ name: "h", x: ["a", "b"], z: packed([1, 2, 3, 4], { shape: "2, 2" }) }, { y: [9] }])).toEqual(wanted);
});

it("is empty for what has no data", () => {
  expect([rows(undefined), rows([{}]), rows("x")]).toEqual(Array(3).fill([["Trace", "x", "y"]]));
});
