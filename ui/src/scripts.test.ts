import { describe, expect, it } from "vitest";
import { failureText, isInNeed, nearest, scriptView, worstFirst } from "./scripts";

const fields = (values: Record<string, unknown>) => ({ get: <T>(field: string) => values[field] as T | undefined });
const view = (name: string, values: Record<string, unknown>) => scriptView(`script/${name}`, fields({ name, ...values }));

describe("a script as the pages show it", () => {
  it("says its schedule, its look and its cause", () => {
    const shown = view("sample", {
      state: "broken",
      error: { type: "SyntaxError", message: "invalid syntax", file: "scripts/sample/sample.py", line: 3 },
      hooks: new Map([["setup", { setup: true }], ["update", { text: "every 1 s", every: 1e6 }]]),
    });
    expect(shown.schedule).toBe("every 1 s");
    expect(shown.look.word).toBe("Broken");
    expect(shown.says).toBe("SyntaxError: invalid syntax (sample.py, line 3)");
    expect(shown.hooks.map((hook) => hook.name)).toEqual(["update", "setup"]);
  });

  it("leaves out of the schedule what inputs start", () => {
    const inputs = ["go"];
    const hooks = new Map([["press", { text: "on go", inputs }], ["both", { text: "cron", cron: "* * * * *", inputs }]]);
    const shown = view("a", { state: "idle", hooks });
    expect(shown.schedule).toBe("cron");
    expect(shown.hooks.map((hook) => hook.onInput)).toEqual([false, true]);
  });

  it("says a schedule once that several hooks have", () => {
    const hooks = new Map(["a", "b", "c"].map((name) => [name, { text: name === "c" ? "every minute" : "every second", every: 1e6 }]));
    expect(view("a", { state: "idle", hooks }).schedule).toBe("every second; every minute");
  });

  it("names the hook that failed", () => {
    const [hooks, lately] = [new Map([["update", { every: 60e6 }]]), new Map([["update", { last_state: "failed" }], ["gone", {}]])];
    const shown = view("a", { state: "idle", attention: true, last_state: "failed", hooks, lately });
    expect(shown.says).toBe("The last run of update failed.");
    expect(shown.schedule).toBe("every 1 min");
  });

  it("lives with a topic that says nothing yet", () => {
    const shown = scriptView("script/a%20b", fields({}));
    expect(shown).toMatchObject({ name: "a b", path: "/scripts/a%20b", schedule: "by hand", strip: [], says: "" });
  });

  it("says whether all or some of it is paused", () => {
    const paused = (...names: string[]) => view("a", { state: "idle", paused: new Map(names.map((name) => [name, {}])) });
    expect([paused(), paused("clean"), paused("clean", "*")].map((one) => one.paused)).toEqual([null, "some", "all"]);
    expect(paused("*").look.word).toBe("Paused");
  });

  it("counts schedules that are too many to tell", () => {
    const hooks = (count: number) => new Map(Array.from({ length: count }, (_, i) => [`h${i}`, { text: `at ${i}` }]));
    expect([3, 4].map((count) => view("a", { hooks: hooks(count) }).schedule)).toEqual(["at 0; at 1; at 2", "4 schedules"]);
  });

  it("stays in need while another hook runs", () => {
    const lately = new Map([["import", { last_state: "failed" }]]);
    const failed = view("b", { state: "running", reason: "slow", last_state: "done", attention: true, hooks: new Map([["import", {}]]), lately });
    expect(failed.says).toBe("The last run of import failed.");
    expect([failed.look.word, failed.rest.word]).toEqual(["Running", "Failed"]);
    expect([failed, view("a", { state: "running", last_state: "done", attention: false })].filter(isInNeed)).toEqual([failed]);
    expect(worstFirst([view("a", { state: "running" }), failed])[0]).toBe(failed);
  });

  it("puts the worst first", () => {
    const all = [view("b", { state: "idle", last_state: "done" }), view("a", { state: "broken" }), view("c", { state: "running" })];
    expect(worstFirst(all).map((one) => one.name)).toEqual(["a", "c", "b"]);
    expect(all.filter(isInNeed).map((one) => one.name)).toEqual(["a"]);
  });
});

it("names the nearest script to a filter that finds none", () => {
  expect(nearest(["alpha", "machine", "market"], "macx")).toBe("machine");
  expect(nearest(["alpha"], "zzz")).toBe(null);
});

it("tells as much of an error as is known", () => {
  expect(failureText({ type: "KeyError", message: "'a'" })).toBe("KeyError: 'a'");
  expect(failureText(null)).toBe("");
  expect(failureText({ type: null, message: `${"z".repeat(5000)}\nmore`, file: "a.py" })).toBe(`${"z".repeat(200)}… (a.py)`);
});
