import { expect, it } from "vitest";
import { lineNow, placeOf } from "./lines";

const frame = { file: "a.py", line: 2, name: "f", own: true, code: [[1, "def f():"], [2, "    raise X"]] as [number, string][] };

it("finds the line that failed where it stands now", () => {
  expect(lineNow(frame, ["def f():", "    raise X"])).toBe(2);
  expect(lineNow(frame, ["import x", "", "    raise X", "", "", "    raise X"])).toBe(3);
  expect(lineNow(frame, ["def f():", "    pass"])).toBeNull();
  expect(lineNow({ ...frame, code: null }, ["x"])).toBeNull();
  expect(lineNow({ ...frame, code: null }, ["x", "y"])).toBe(2);
});

it("reads a file with a line, or without", () => {
  expect(placeOf("sub/a.py:7")).toEqual({ file: "sub/a.py", line: 7 });
  expect(placeOf("layout.html")).toEqual({ file: "layout.html", line: null });
  expect(placeOf(undefined)).toEqual({ file: null, line: null });
});
