import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Asked } from "./asked.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("waits as long as what it read says, and not so long where that failed", async () => {
  const told = $state({ news: 0 });
  let loads = 0;
  const stop = $effect.root(() => {
    new Asked(() => "a", () => ((loads += 1), loads === 2 ? Promise.reject(new Error("no")) : Promise.resolve(loads)), () => told.news, (value) => value * 10_000);
  });
  const at = async (milliseconds: number) => {
    told.news += 1;
    flushSync();
    await vi.advanceTimersByTimeAsync(milliseconds);
    flushSync();
    return loads;
  };
  expect([await at(1), await at(9_000), await at(1_000), await at(3_000), await at(2_000), await at(28_000)]).toEqual([1, 1, 2, 2, 3, 3]);
  stop();
});

it("asks at once for something else, seldom for the same, and keeps what is there while it does", async () => {
  const told = $state({ key: "a", news: 0 });
  const loads: string[] = [];
  let failing = false;
  let asked: Asked<string> | undefined;
  const stop = $effect.root(() => {
    asked = new Asked(() => told.key, () => (loads.push(told.key), failing ? Promise.reject(new Error("no")) : Promise.resolve(`${told.key}${loads.length}`)), () => told.news, 1000);
  });
  const pass = async (milliseconds: number) => {
    flushSync();
    await vi.advanceTimersByTimeAsync(milliseconds);
    flushSync();
  };
  await pass(1);
  expect([asked?.value, asked?.loaded]).toEqual(["a1", true]);
  told.news = 1;
  await pass(100);
  expect(loads).toEqual(["a"]);
  await pass(1000);
  expect(loads).toEqual(["a", "a"]);
  [told.key, failing] = ["b", true];
  await pass(1);
  expect([loads.at(-1), asked?.value, String(asked?.error)]).toEqual(["b", "a2", "Error: no"]);
  failing = false;
  await asked?.again();
  expect([asked?.value, asked?.error]).toEqual(["b4", null]);
  stop();
});

it("asks nothing while nobody sees the page, and at once when somebody does", async () => {
  const told = $state({ news: 0 });
  let loads = 0;
  const stop = $effect.root(() => void new Asked(() => "a", () => Promise.resolve((loads += 1)), () => told.news));
  const turn = async (hidden: boolean) => {
    vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
    document.dispatchEvent(new Event("visibilitychange"));
    told.news += 1;
    flushSync();
    await vi.advanceTimersByTimeAsync(60_000);
    return loads;
  };
  expect([await turn(true), await turn(true), await turn(false), await turn(true), await turn(false)]).toEqual([0, 0, 1, 1, 2]);
  stop();
  vi.restoreAllMocks();
});
