import { expect, it } from "vitest";
import { csvOf, jsonOf, tabsOf } from "./saving";

it("writes CSV that no spreadsheet runs", () => {
  expect(csvOf(["a", 'b"'], [["=1+1", -2], ["x,y", null]])).toBe('a,"b"""\r\n\'=1+1,-2\r\n"x,y",\r\n');
});

it("writes a line a row for the clipboard", () => {
  expect(tabsOf(["x", "y"], [["a\tb\nc", 1.5], ["@x", undefined]])).toBe("x\ty\na b c\t1.5\n'@x\t");
});

it("writes JSON by the names of the columns", () => {
  expect(JSON.parse(jsonOf(["x", "y"], [["=1", undefined], ["b", 2]]))).toEqual([{ x: "=1", y: null }, { x: "b", y: 2 }]);
});
