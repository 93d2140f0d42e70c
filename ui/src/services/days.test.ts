import { beforeAll, describe, expect, it } from "vitest";
import { daysFrom, hoursOf, partsOf, roundUp } from "./days";

const HOUR = 3600e6;
const utc = (...parts: [number, number, number, number?, number?]) => Date.UTC(...parts) * 1000;

describe("days of the viewer", () => {
  beforeAll(() => {
    process.env["TZ"] = "Europe/Berlin";
  });
  it("are as long as the clock says", () => {
    // The clock went from 3 to 2 on 25 October 2026, and goes from 2 to 3 on 28 March 2027.
    const days = daysFrom(utc(2026, 9, 24, 10), utc(2026, 9, 26, 10));
    expect(days.map((day) => new Date(day / 1000).toISOString())).toEqual(["2026-10-23T22:00:00.000Z", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"]);
  });
  it("have an hour twice in autumn and miss one in spring", () => {
    const cells = (from: number, hours: number) => Array.from({ length: hours }, (_, i) => ({ at: from + i * HOUR, count: 1 }));
    const autumn = daysFrom(utc(2026, 9, 25, 10), utc(2026, 9, 25, 10));
    expect(hoursOf(cells(autumn[0] ?? 0, 25), autumn)).toEqual([[1, 1, 2, ...Array.from({ length: 21 }, () => 1)]]);
    const spring = daysFrom(utc(2027, 2, 28, 10), utc(2027, 2, 28, 10));
    expect(hoursOf(cells(spring[0] ?? 0, 23), spring)).toEqual([[1, 1, null, ...Array.from({ length: 21 }, () => 1)]]);
    expect(hoursOf(cells(0, 3), spring)[0]?.every((hour) => hour === null)).toBe(true);
  });
  it("are filled by the busiest, and by all others together", () => {
    const days = daysFrom(utc(2026, 10, 1), utc(2026, 10, 2, 12));
    const series = Array.from({ length: 10 }, (_, i) => ({ name: `e${i}`, cells: [{ at: days[1] ?? 0, count: i }, { at: 0, count: 99 }] }));
    const parts = partsOf(series, days, (count) => `${count} others`);
    expect(parts.map(({ name, color, counts }) => [name, color, counts])).toEqual([...[9, 8, 7, 6, 5, 4, 3].map((i, color) => [`e${i}`, color + 1, [0, i]]), ["2 others", 8, [0, 3]]]);
    expect(partsOf(series.slice(0, 9), days, String).map(({ name }) => name)).toHaveLength(8);
  });
  it("have a scale of round numbers", () => expect([0, 1, 23, 26, 4100, 51_000].map(roundUp)).toEqual([1, 1, 25, 50, 5000, 100_000]));
});
