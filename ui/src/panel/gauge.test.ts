import { flushSync, mount, unmount } from "svelte";
import { expect, it } from "vitest";
import { gaugeOf } from "./gauge";
import Gauge from "./Gauge.svelte";

const view = (fields: Record<string, unknown>) => gaugeOf((field) => fields[field]);

it("places a value between the ends, and at them what lies outside", () => {
  expect(view({ min: -10, max: 30, value: 10 })).toMatchObject({ share: 0.5, at: 10, tone: "plain", limits: [] });
  expect(view({ value: 140 })).toMatchObject({ share: 1, at: 100, value: 140 });
  expect(view({ value: -1 })).toMatchObject({ share: 0, at: 0 });
  expect(view({ min: 5, max: 5, value: 5 })).toMatchObject({ share: 0, max: 6 });
});
it("knows no value", () => {
  expect(view({ value: null, warn_at: 0 })).toMatchObject({ value: null, share: 0, tone: "plain" });
});
it("warns from a limit on, the worse of two first", () => {
  const limits = { warn_at: 60, danger_at: 80 };
  expect([59, 60, 80].map((value) => view({ ...limits, value }).tone)).toEqual(["plain", "warn", "failed"]);
  expect(view(limits).limits).toEqual([{ tone: "warn", share: 0.6 }, { tone: "failed", share: 0.8 }]);
  expect(view({ warn_at: 500 }).limits).toEqual([]);
});

it("says in words what the dial shows", async () => {
  const fields: Record<string, unknown> = { value: 90, unit: "%", warn_at: 80, description: "Disk" };
  const shown = { id: "x", title: "X", version: 0, get: <V>(field: string) => fields[field] as V | undefined };
  const made = mount(Gauge, { target: document.body, props: { shown } });
  flushSync();
  const meter = document.querySelector("[role=meter]");
  expect(["aria-label", "aria-valuetext", "aria-valuenow"].map((name) => meter?.getAttribute(name))).toEqual(["Disk", "90 %, Warning", "90"]);
  expect(document.querySelector(".badge")?.textContent).toBe("Warning");
  await unmount(made);
});
