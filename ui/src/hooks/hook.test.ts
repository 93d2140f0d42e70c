import { expect, it } from "vitest";
import { detailsOf, fileOf, isScheduled } from "./hook";

const fields = (values: Record<string, unknown>) => ({ get: <T>(field: string) => values[field] as T | undefined });

it("puts what is due by itself first, setup last, and knows what is paused", () => {
  const hooks = new Map([["setup", { setup: true }], ["press", { inputs: ["go"] }], ["b", { cron: "* * * * *" }], ["a", { every: 1 }]]);
  const found = detailsOf(fields({ hooks, paused: new Map([["b", { at: 5, by: "ada" }]]) }));
  expect(found.map((hook) => hook.name)).toEqual(["a", "b", "press", "setup"]);
  expect(found.map(isScheduled)).toEqual([true, true, false, false]);
  expect(found.map((hook) => hook.pause?.by)).toEqual([undefined, "ada", undefined, undefined]);
  const all = detailsOf(fields({ hooks, paused: new Map([["*", { at: 5, by: null }]]) }));
  expect(all.map((hook) => [hook.pause?.at, hook.pausedAlone])).toEqual(Array(4).fill([5, false]));
});

it("names the file that a hook stands in", () => {
  const [hook] = detailsOf(fields({ hooks: new Map([["a", { module: "sub.part", line: 7 }]]) }));
  expect(hook && fileOf(hook, "scripts/big")).toBe("sub/part.py");
  expect(hook && fileOf(hook, "scripts/one.py")).toBe("one.py");
  expect(hook && fileOf(hook, undefined)).toBeNull();
});
