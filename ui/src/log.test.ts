import { describe, expect, it } from "vitest";
import { beyond, fileLine, GAP, joined, lineOf, linesOfRuns, type LogLine } from "./log";

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

describe("a log of which only the newest lines come", () => {
  const lines = (from: number, to: number): LogLine[] => Array.from({ length: to - from }, (_, i) => lineOf([from + i, "O", `line ${from + i}`]));

  it("keeps those that have left them, and adds what is new", () => {
    const kept = joined(lines(0, 5), lines(2, 8));
    expect(kept).toEqual(lines(0, 8));
    expect(kept.length - beyond(lines(0, 5), kept)).toBe(3);
  });

  it("says where some are missing, and where none are says nothing", () => {
    expect(joined(lines(0, 3), lines(7, 9))).toEqual([...lines(0, 3), GAP, ...lines(7, 9)]);
    expect([joined(lines(0, 3), []), joined([], lines(0, 3)), joined(lines(0, 3), lines(0, 3))]).toEqual([lines(0, 3), lines(0, 3), lines(0, 3)]);
  });

  it("takes those from further back when they are read", () => {
    expect(joined(lines(5, 8), lines(0, 9))).toEqual(lines(0, 9));
  });

  it("goes on behind a line that is not the last any more", () => {
    const said = (text: string): LogLine => ({ time: 3, level: "run", tone: "", source: "run", text });
    expect(joined([...lines(0, 3), said("running")], [...lines(0, 3), said("done"), ...lines(4, 5)])).toEqual([...lines(0, 3), said("running"), said("done"), ...lines(4, 5)]);
  });
});
