import { describe, expect, it } from "vitest";
import { runView } from "../runs";
import { detailsOf, type HookDetail } from "../hooks/hook";
import { linesOf } from "./compare";
import { factorOf, scaleOf, spreadOf, type Past } from "./history";
import { hasChanged, notesOf } from "./notes";

const fields = (values: Record<string, unknown>) => ({ get: <T>(field: string) => values[field] as T | undefined });
const S = 1e6;
const past = (duration: number, state = "done", id = String(duration)): Past => ({ id, state, started: 0, duration });
const hook = (more: object): HookDetail => detailsOf(fields({ hooks: new Map([["load", more]]) }))[0] as HookDetail;
const say = (run: object, detail?: HookDetail, script: object = {}, nextGood: Past | null = null) =>
  notesOf("r1", fields(run as Record<string, unknown>), detail, fields(script as Record<string, unknown>), 100 * S, nextGood).map((note) => note.text);

describe("durations", () => {
  it("have a middle and a spread, by good runs alone", () => {
    expect(spreadOf([past(1), past(2), past(3), past(4), past(5), past(900, "failed")])).toEqual({ count: 5, median: 3, low: 1.4, high: 4.6 });
    expect(spreadOf([past(9, "lost")])).toBeNull();
  });

  it("stand on a logarithmic scale only where most would be flat", () => {
    const near = scaleOf([past(5 * S), past(10 * S)]);
    expect([near.log, near.of(5 * S), near.of(20 * S)]).toEqual([false, 0.5, 1]);
    const far = scaleOf([past(1000), past(1000), past(1000), past(100 * S)]);
    expect([far.log, far.of(100 * S)]).toEqual([true, 1]);
    expect(far.of(1000)).toBeGreaterThan(0);
    expect(scaleOf([]).of(5)).toBe(1);
  });

  it("are compared by factors", () => {
    expect([factorOf(180, 100), factorOf(100, 2500), factorOf(102, 100), factorOf(5, 0)]).toEqual(["1.8", "25", null, null]);
  });
});

describe("notes of a run", () => {
  it("say what it waits for, and when it will be ended", () => {
    expect(say({ state: "waiting" }, undefined, { state: "running", reason: "sweep" })).toEqual(["It waits until sweep has ended: one hook of a script runs at a time."]);
    expect(say({ state: "waiting" }, undefined, { state: "loading", reason: "" })).toEqual(["It waits until the script's worker is ready."]);
    expect(say({ state: "running", started: 90 * S }, hook({ timeout: 30 * S }))).toEqual(["It is ended after 30.0 s, in 20 s."]);
    expect(say({ state: "done", started: 90 * S }, hook({ timeout: 30 * S }))).toEqual([]);
  });

  it("say which attempt it was, and whether another comes", () => {
    const retrying = hook({ retries: 2, retry: { at: 123 * S, of: "r1", attempt: 2 } });
    expect(say({ state: "failed" }, retrying)).toEqual(["It is tried again in 23 s, as attempt 2 of 3."]);
    expect(say({ state: "failed", attempt: 2, retry_of: "r0" }, retrying)).toEqual(["Attempt 2 of 3."]);
    expect(say({ state: "lost", attempt: 3, retry_of: "r0" }, hook({ retries: 2 }))).toEqual(["Attempt 3 of 3.", "That was the last of 3 attempts."]);
    expect(say({ state: "failed" }, hook({}))).toEqual([]);
    expect(say({ state: "done" }, retrying)).toEqual([]);
  });

  it("say what came after a failure, or comes", () => {
    expect(say({ state: "failed" }, hook({ last_run: "r1", next: 160 * S }))).toEqual(["The hook runs next in 1 min."]);
    expect(say({ state: "failed" }, hook({ last_run: "r2", next: 160 * S }))).toEqual([]);
    expect(say({ state: "lost" }, { ...hook({ last_run: "r1", next: null }), pause: { at: 1, by: "ada" } })).toEqual(["The schedule of its hook is paused, so it does not run again by itself."]);
    expect(say({ state: "failed" }, hook({ last_run: "r2", next: 160 * S }), {}, past(5))).toEqual(["The hook went well again since"]);
    expect(say({ state: "done" }, hook({ last_run: "r1", next: 160 * S }), {}, past(5))).toEqual([]);
  });

  it("say what was off, and that the files are others now", () => {
    expect(say({ state: "done", cause: "schedule", late: 12 * S, missed: 3, unusual: { kind: "long", usual: 2 * S }, duration: 48 * S, version: "a" }, undefined, { version: "b" })).toEqual([
      "It started 12 s late.",
      "It stands for 3 earlier planned times that passed without a run.",
      "It took unusually long: 48.0 s, where 2.00 s is usual.",
      "The script's files have changed since.",
    ]);
    expect(say({ state: "done", cause: "trigger", late: 12 * S })).toEqual([]);
    expect(hasChanged(fields({ version: "a" }), fields({}))).toBe(false);
  });
});

it("puts two runs beside each other", () => {
  const one = fields({ state: "failed", error: { type: "E", message: "x" }, duration: 50 * S, args: { days: 7 }, version: "aaaaaaaaaa", pid: 28250 });
  const other = fields({ state: "done", duration: 2 * S, args: { dry: true, days: 7 }, version: "aaaaaaaaab", pid: 28250 });
  const lines = new Map(linesOf(["run/1", "run/2"], [one, other]).map((each) => [each.label, each]));
  expect(lines.get("Took")).toMatchObject({ one: "50.0 s", other: "2.00 s", same: false, note: "48.0 s longer, 25 times" });
  expect(lines.get("Error")).toMatchObject({ one: "E: x", other: "none" });
  expect(lines.get("Argument days")?.same).toBe(true);
  expect(lines.get("Argument dry")).toMatchObject({ one: "default", other: "true", same: false });
  expect(lines.get("Worker")).toMatchObject({ one: "pid 28250", same: true });
  expect(linesOf(["run/2", "run/1"], [other, one]).find((each) => each.label === "Took")?.note).toBe("48.0 s shorter, 25 times");
});

it("says at which line of the script it failed, where that is known", () => {
  const error = { type: "KeyError", message: "'a'" };
  const frames = [{ file: "main.py", line: 7, own: true }, { file: "csv.py", line: 99, own: false }];
  expect(runView("run/1", fields({ error })).says).toBe("KeyError: 'a'");
  expect(runView("run/1", fields({ error, frames })).says).toBe("KeyError: 'a' (main.py, line 7)");
});
