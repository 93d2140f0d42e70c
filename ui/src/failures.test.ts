import { describe, expect, it } from "vitest";
import { failuresOf, recoveryQuery, sinceThen } from "./failures";
import { scriptView } from "./scripts";

const row = (id: string, values: Record<string, unknown>) => ({ topic: `run/${id}`, get: <T>(field: string) => values[field] as T | undefined });
const failed = (id: string, started: number, type: string, script = "post") =>
  row(id, { script, hook: "deliver", state: "failed", started, error: { type, message: "no" } });

describe("what failed lately", () => {
  it("is one entry for all that failed alike, the newest first", () => {
    const kin = failuresOf([failed("a", 10, "KeyError"), failed("c", 30, "KeyError"), failed("b", 20, "OSError"), failed("z", 5, "KeyError")], 5);
    expect(kin.map((one) => [one.latest.id, one.count, one.first])).toEqual([["c", 2, 10], ["b", 1, 20]]);
  });

  it("says how the script is since", () => {
    const [kin] = failuresOf([failed("a", 10, "KeyError")], 0);
    if (!kin) throw new Error("it failed");
    const script = (state: string, last: string) => {
      const values: Record<string, unknown> = { state, hooks: new Map([["deliver", { last_state: last }]]) };
      return scriptView("script/post", { get: <T>(field: string) => values[field] as T | undefined });
    };
    expect(sinceThen(kin, script("idle", "done"))).toBe("well");
    expect(sinceThen(kin, script("idle", "failed"))).toBe("ill");
    expect(sinceThen(kin, script("broken", "done"))).toBe("ill");
    expect(sinceThen(kin, undefined)).toBe("gone");
  });

  it("asks for the first good run after it", () => {
    const [kin] = failuresOf([failed("a", 10, "KeyError", "1e3")], 0);
    expect(new URL(recoveryQuery(kin?.latest as never), "http://x").searchParams.getAll("where")).toEqual([
      'script = "1e3"', 'hook = "deliver"', "state = done", "started > 10",
    ]);
  });
});
