import { expect, it } from "vitest";
import { groupsOf, linesOf, type Frame } from "./traceback";

const frame = (name: string, own: boolean): Frame => ({ file: `/x/${name}.py`, line: 5, name, code: [[5, "x"]], own });

it("folds what is not the user's own", () => {
  const frames = [frame("a", false), frame("b", false), frame("c", true), frame("d", false)];
  expect(groupsOf(frames, false).map((group) => [group.folded, group.frames.length])).toEqual([[true, 2], [false, 1], [true, 1]]);
  expect(groupsOf(frames, true)).toHaveLength(1);
  expect(groupsOf([frame("a", false)], false)[0]?.folded).toBe(false);
});

it("marks the failing line", () => {
  const code: Frame["code"] = [[4, "a"], [5, "b"], [6, "c"]];
  expect(linesOf({ ...frame("a", true), code }).map((line) => [line.number, line.hit])).toEqual([[4, false], [5, true], [6, false]]);
  expect(linesOf({ ...frame("a", true), code: null })).toEqual([]);
});
