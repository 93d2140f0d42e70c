import { describe, expect, it } from "vitest";
import { Places, slotsOf, type Bar } from "./bars";

function bar(id: string, started: number, given: Record<string, unknown> = {}): Bar {
  const state: Record<string, unknown> = { started, name: id, process: "p", parent: "p", state: "running", ...given };
  return { topic: `job/${id}`, get: <T>(field: string) => state[field] as T | undefined };
}
const over = (id: string, started: number, given: Record<string, unknown> = {}) => bar(id, started, { state: "done", ...given });
const shown = (open: Bar[], ended: Bar[], most?: number) => slotsOf(open, ended, most).map(({ topic, depth }) => `${"-".repeat(depth)}${topic.slice(4)}`);

describe("bars of a program", () => {
  it("stand below what they are in, by their opening", () => {
    const open = [bar("3", 30, { parent: "1" }), bar("1", 10), bar("4", 40, { parent: "3" }), bar("2", 20, { process: "w", parent: "w" })];
    expect(shown(open, [])).toEqual(["1", "-3", "--4", "2"]);
    expect(shown([bar("1", 1, { parent: "1" })], [])).toEqual(["1"]);
  });

  it("of one name follow each other in one place, and those that are open at once have each their own", () => {
    const inner = { name: "inner", parent: "1" };
    expect(shown([bar("1", 1), bar("5", 5, inner)], [over("4", 4, inner), over("3", 3, inner)])).toEqual(["1", "-5"]);
    const [, before] = slotsOf([bar("1", 1), bar("5", 5, inner)], []);
    const [, after] = slotsOf([bar("1", 1), bar("6", 6, inner)], [over("5", 5, inner)]);
    expect(after?.key).toBe(before?.key);
    const [, left] = slotsOf([bar("1", 1)], [over("6", 6, inner), over("5", 5, inner)]);
    expect([left?.key, left?.topic, left?.times]).toEqual([before?.key, "job/6", 2]);
    expect(shown([bar("2", 2, { name: "1" }), bar("8", 8, inner)], [over("6", 6, inner), over("1", 1)])).toEqual(["2", "8"]);
    expect([shown([], [over("6", 6, inner)]), slotsOf([], [over("6", 6, inner)], 9, "1").length]).toEqual([[], 1]);
    expect(shown([bar("7", 7, inner), bar("8", 8, inner)], [over("6", 6, inner)])).toEqual(["7", "8"]);
  });

  it("that went wrong keep their place among those that did not", () => {
    const ended = [over("9", 9), over("8", 8), over("3", 3, { state: "failed", name: "9" }), over("2", 2, { state: "lost", name: "8" })];
    expect(shown([], ended)).toEqual(["2", "3", "8", "9"]);
    expect(shown([bar("10", 10)], ended, 3)).toEqual(["2", "3", "10"]);
  });

  it("that have just ended are not shown twice", () => {
    expect(shown([bar("1", 1)], [over("1", 1)])).toEqual(["1"]);
  });

  it("keep their places while they only move on", () => {
    const places = new Places();
    const first = places.of([bar("1", 1)], []);
    expect(places.of([bar("1", 1, { done: 5 })], [])).toBe(first);
    expect(places.of([bar("1", 1)], [over("0", 0)])).not.toBe(first);
  });
});
