import { describe, expect, it, vi } from "vitest";
import { bandsOf, collide, lanesOf, listOf, stampOf, type Fire, type Told, type ToldHook } from "./ahead";
import { scheduleTexts } from "../texts/schedules";
import { changeOf, ticksOf } from "./marks";

// Before anything is imported that looks at the clock's zone.
vi.hoisted(() => (process.env["TZ"] = "Europe/Berlin"));
const S = 1e6;
const hook = (name: string, usual: number, ...at: number[]): ToldHook => ({ script: "s", hook: name, zone: "UTC", usual: usual * S, times: at.map((one) => ({ at: one * S, skipped: null })), more: false });
const said = (fires: ReturnType<typeof collide>) => fires.map((fire) => `${fire.at / S} ${fire.hook} ${fire.kind}${fire.by ? ` ${fire.by / S} ${fire.because}` : ""}`);

describe("what will collide in one worker", () => {
  it("is played in the order of the clock", () => {
    expect(said(collide([hook("slow", 30, 0, 100), hook("quick", 1, 10, 50)], new Map()))).toEqual(["0 slow next", "10 quick waits 20 slow", "50 quick next", "100 slow next"]);
  });

  it("lets the longest go first of those that are due at once", () =>
    expect(said(collide([hook("quick", 1, 0), hook("slow", 30, 0)], new Map()))).toEqual(["0 slow next", "0 quick waits 30 slow"]));

  it("names the hook that takes the time, not the last that waits", () =>
    expect(said(collide([hook("slow", 30, 0), hook("a", 1, 5), hook("b", 1, 6)], new Map())).at(-1)).toBe("6 b waits 25 slow"));

  it("skips a hook that itself waits or runs, unless it queues", () => {
    const hooks = [hook("a", 30, 0, 20, 40)];
    expect(said(collide(hooks, new Map()))).toEqual(["0 a next", "20 a overlap", "40 a next"]);
    expect(said(collide(hooks, new Map([["a", "queue"]])))).toEqual(["0 a next", "20 a waits 10 a", "40 a waits 20 a"]);
    expect(said(collide(hooks, new Map([["a", "allow"]]))).every((one) => one.endsWith("next"))).toBe(true);
    expect(said(collide([hook("slow", 60, 0), hook("a", 1, 10, 20)], new Map([["a", "queue"]])))).toEqual(["0 slow next", "10 a waits 50 slow", "20 a overlap"]);
  });

  it("leaves out what a calendar skips, and waits of less than a second", () => {
    const free = { ...hook("a", 30, 0), times: [{ at: 0, skipped: "free: Sunday" }] };
    expect(said(collide([free, hook("b", 0.5, 1), hook("c", 0.7, 1)], new Map()))).toEqual(["0 a skipped", "1 c next", "1 b next"]);
  });
});

describe("runs that are too many to draw", () => {
  const fires = (...kinds: string[]) => kinds.map((kind, at) => ({ at, kind })) as Fire[];
  const said = (kinds: string, more = false) => bandsOf({ fires: fires(...kinds.split(" ")), more }).map((band) => `${band.from}-${band.to ?? ""} ${band.skipped ? "skipped" : "runs"}`);

  it("are bands, and those that a calendar skips a band of their own", () => {
    expect(said("next overlap waits")).toEqual(["0- runs"]);
    expect(said("next next skipped skipped next")).toEqual(["0-2 runs", "2-4 skipped", "4- runs"]);
    expect(said("skipped skipped")).toEqual(["0- skipped"]);
  });

  it("say of none that it is skipped which the hub has not told", () => expect(said("skipped skipped skipped", true)).toEqual(["0-2 skipped", "2- runs"]));
});

const topic = (name: string, hooks: Record<string, object>, paused: Record<string, object> = {}) => {
  const fields: Record<string, unknown> = { name, hooks: new Map(Object.entries(hooks)), paused: new Map(Object.entries(paused)) };
  return { topic: `script/${name}`, get: <T>(field: string) => fields[field] as T | undefined };
};

describe("lanes", () => {
  const told: Told = { now: 0, hooks: [hook("a", 1, 5, 50), { ...hook("often", 1, 1, 2), more: true }] };
  const script = topic("s", { a: { every: 45 * S, retry: { at: 20 * S, of: "r", attempt: 2 } }, often: { every: S }, rest: { cron: "0 0 * * *" }, press: { inputs: ["go"] } }, { rest: { at: 1, by: "ada" } });

  it("are one a hook with a schedule, of what is still to come", () => {
    const lanes = lanesOf([script], told, 10 * S);
    expect(lanes.map((lane) => [lane.detail.name, lane.dense, lane.fires.map((fire) => `${fire.at / S} ${fire.kind}`)])).toEqual([
      ["a", false, ["20 retry", "50 next"]],
      ["often", true, []],
      ["rest", false, []],
    ]);
    expect(lanes[2]?.detail.pause).toEqual({ at: 1, by: "ada" });
    expect(lanesOf([script], null, 0).map((lane) => lane.fires.length)).toEqual([1, 0, 0]);
  });

  it("become a list without what runs all the time", () => {
    const found = listOf(lanesOf([script, topic("t", {})], told, 0), 2);
    expect(found.fires.map((fire) => fire.at / S)).toEqual([5, 20]);
    expect([found.rest, found.often.map((lane) => lane.detail.name)]).toEqual([1, ["often"]]);
  });

  it("are read anew when something has changed, not each second", () => {
    const stamp = (next: number, often: number) => stampOf([topic("s", { a: { every: 60e6, next }, b: { every: S, next: often } })]);
    expect(stamp(1, 1)).toBe(stamp(1, 2));
    expect(stamp(1, 1)).not.toBe(stamp(2, 1));
  });
});

describe("the scale", () => {
  const us = (text: string) => Date.parse(text) * 1000;

  it("has round times of the viewer's clock", () => {
    expect(ticksOf(us("2026-11-21T12:07:30+01:00"), "hour").map((tick) => tick.text)).toEqual(["12:20", "12:30", "12:40", "12:50", "13:00"]);
    expect(ticksOf(us("2026-11-21T10:30:00+01:00"), "day").map((tick) => tick.text)).toEqual(["15:00", "18:00", "21:00", "Sun 22", "03:00", "06:00", "09:00"]);
  });

  it("keeps to midnight over a change of clocks, and marks it", () => {
    const now = us("2026-03-27T12:00:00+01:00");
    const days = ticksOf(now, "week");
    expect(days.map((tick) => tick.text)).toEqual(["Sat 28", "Sun 29", "Mon 30", "Tue 31", "Wed 1", "Thu 2", "Fri 3"]);
    const hours = days.map((tick) => (tick.x * 7 * 24).toFixed(2));
    expect(hours.slice(0, 3)).toEqual(["12.00", "36.00", "59.00"]);
    const change = changeOf(now, "week");
    expect(change && [Math.round((change.at - us("2026-03-29T01:00:00Z")) / (60 * S)), change.from, change.to]).toEqual([0, "GMT+1", "GMT+2"]);
    expect(changeOf(now, "day")).toBeNull();
  });
});

it("says of a skip beside its count only whether it was one of several in a row", () => {
  expect(scheduleTexts.skippedTimes(1, "free: Sunday")).toBe("skipped: free: Sunday");
  expect(scheduleTexts.skippedTimes(3, "free: Sunday")).toBe("skipped 3 times in a row: free: Sunday");
});
