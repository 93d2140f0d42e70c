import { describe, expect, it } from "vitest";
import { HOUR, MINUTE } from "./format";
import { scriptView } from "./scripts";
import { lanesOf, marksOf, place } from "./timeline";

const now = Date.UTC(2026, 2, 12, 2, 12, 40) * 1000;
const script = (name: string, values: Record<string, unknown>) =>
  scriptView(`script/${name}`, { get: <T>(field: string) => values[field] as T | undefined });

describe("the timeline", () => {
  it("has the needle in its middle", () => {
    expect(place(now, now)).toBe(0.5);
    expect(place(now - HOUR, now)).toBe(0);
  });

  it("draws what ran in the hour and what is planned", () => {
    const lane = lanesOf(
      [
        script("a", {
          strip: [
            ["r0", "done", 1e6, now - 2 * HOUR],
            ["r1", "failed", 6 * MINUTE, now - 30 * MINUTE],
          ],
          hooks: new Map([["update", { every: 30 * MINUTE, next: now + 15 * MINUTE }]]),
        }),
      ],
      now,
    )[0];
    expect(lane?.bars.map((bar) => [bar.tone, Math.round(bar.x * 1000), Math.round(bar.w * 1000)])).toEqual([
      ["failed", 250, 50],
      ["next", 625, 0],
      ["next", 875, 0],
    ]);
  });

  it("draws what runs all the time as one bar from its first known run, with its failures, and puts the needy first", () => {
    const minute = Math.floor(now / MINUTE);
    const often = script("often", {
      hooks: new Map([["tick", { every: 1e6, next: now }]]),
      next_due: now + 1e6,
      strip: [["r1", "failed", 1e6, now - 20e6], ["r2", "done", 1e6, now - 10e6]],
    });
    const bad = script("bad", { state: "broken", strip: [["r", "failed", 1, now - MINUTE]] });
    const hours = new Map([["script/often", { runs: new Map([[minute - 30, 60], [minute - 29, 60], [minute - 27, 9]]), failed: new Map([[minute - 29, 6], [minute - 27, 9]]), lost: new Map([[minute - 27, 9]]) }]]);
    const lanes = lanesOf([often, bad], now, hours);
    expect(lanes.map((lane) => [lane.script.name, lane.dense])).toEqual([["bad", false], ["often", true]]);
    expect(lanes[1]?.bars.map((bar) => bar.tone)).toEqual(["steady", "steady", "failed", "lost", "next"]);
    expect(lanes[1]?.bars.map((bar) => bar.h)).toEqual([undefined, undefined, 0.25, 1, undefined]);
    expect(lanes[1]?.bars[2]?.w).toBeCloseTo(MINUTE / (2 * HOUR));
    expect(lanes[1]?.bars[1]?.x).toBeCloseTo(place(now - 20e6, now));
    expect(lanes[1]?.counts).toEqual({ runs: 129, failed: 15 });
  });

  it("labels round quarters away from the needle", () => {
    const marks = marksOf(now);
    expect(marks.length).toBeGreaterThan(4);
    for (const mark of marks) expect(mark.text).toMatch(/^\d\d:(00|15|30|45)$/);
  });
});
