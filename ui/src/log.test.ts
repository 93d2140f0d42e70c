import { expect, it } from "vitest";
import { fileLine, lineOf, linesOfRuns } from "./log";

it("tells the sources apart", () => {
  expect(lineOf([1, "O", "a"])).toMatchObject({ level: "out", tone: "", source: "stdout" });
  expect(lineOf([1, "E", "a"])).toMatchObject({ level: "err", tone: "failed", source: "stderr" });
  expect(lineOf([1, "L:WARNING", "a"])).toMatchObject({ level: "warn", tone: "warn", source: "logging" });
  expect(lineOf([1, "C", "a"])).toMatchObject({ level: "child", tone: "", source: "stdout" });
  expect(lineOf([1, "L:TRACE", "a"])).toMatchObject({ level: "trace", tone: "", source: "logging" });
});

it("drops the terminal's colours", () => {
  expect(lineOf([1, "O", "\u001b[31mred\u001b[0m"]).text).toBe("red");
  expect(lineOf([1, "C", "\u001b[38;2;1;2;3mx\u001b[K\u001b]0;title\u0007y\u001b(Bz\u001bM"]).text).toBe("xyz");
});

it("shows what cannot be seen, and changes how a line reads, as an escape", () => {
  expect(lineOf([1, "O", "a\u202eb\u2066\tc\u0007 שלום"]).text).toBe("a\\u202eb\\u2066\tc\\u0007 שלום");
});

it("reads a line of a file, with or without its time", () => {
  expect(fileLine({ at: 0, time: 5, source: "L:ERROR", text: "broke" })).toMatchObject({ time: 5, level: "error", tone: "failed" });
  expect(fileLine({ at: 9, time: null, source: "O", text: "more" })).toMatchObject({ time: null, level: "out", text: "more" });
});

it("puts the runs of a script one after the other, the silent ones left out", () => {
  const lines = linesOfRuns([
    { started: 9, text: "second", failed: false, tail: [[10, "O", "b"]] },
    { started: 5, text: "silent", failed: false, tail: [] },
    { started: 1, text: "first", failed: true, tail: [[2, "E", "a"]] },
  ]);
  expect(lines.map((line) => line.text)).toEqual(["first", "a", "second", "b"]);
});
