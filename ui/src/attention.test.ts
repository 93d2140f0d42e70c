import { describe, expect, it } from "vitest";
import { illSince, inSight, programsOf, troublesOf } from "./attention";
import { scriptView, type StripBar } from "./scripts";

const ran = (...states: string[]): StripBar[] => states.map((state, i) => [String(i), state, 5, 10 * (i + 1)]);
function script(name: string, last: string, strip: StripBar[] = []) {
  const values: Record<string, unknown> = { name, state: last === "broken" ? last : "idle", attention: last !== "done", last_state: last, strip };
  return scriptView(`script/${name}`, { get: <T>(field: string) => values[field] as T | undefined });
}
const failing = new Map([["1", { name: "old.py", host: "here", state: "failed", ended: 5, why: "" }], ["2", { name: "new.py", host: "here", state: "failed", ended: 9, why: "" }]]);
const names = (groups: ReturnType<typeof troublesOf>) => groups.map((group) => group.map((one) => one.script?.name ?? one.program?.name));

describe("what needs attention", () => {
  it("knows since when a script is ill, if it was well within sight", () => {
    expect(illSince({ strip: ran("done", "failed", "skipped", "failed", "lost") })).toBe(40);
    expect(illSince({ strip: ran("failed", "lost") })).toBe(0);
    expect(illSince({ strip: [] })).toBe(0);
  });

  it("has together what is bad in the same way, the worst first, and of that the newest", () => {
    const scripts = [script("lost", "lost"), script("b", "failed"), script("fresh", "failed", ran("done", "failed")), script("a", "failed"), script("well", "done"), script("bad", "broken")];
    expect(names(troublesOf(scripts, programsOf(failing)))).toEqual([["fresh", "a", "b"], ["bad"], ["new.py", "old.py"], ["lost"]]);
  });

  it("shows of each sort some, however many there are of one", () => {
    expect(inSight([["a", "b", "c", "d", "e", "f", "g"], ["x"], ["y", "z"]], 6)).toEqual(["a", "b", "c", "x", "y", "z"]);
    expect(inSight([["a", "b"], ["x"]], 6)).toEqual(["a", "b", "x"]);
    expect(inSight([["a"], ["x"], ["y"]], 2)).toEqual(["a", "x"]);
  });
});
