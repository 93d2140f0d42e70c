import { beforeAll, describe, expect, it } from "vitest";
import { countsIn, hoursOf, labelled, partsOf, roundUp, stepsFrom } from "./days";

const HOUR = 3600e6;
const utc = (...parts: [number, number, number, number?, number?]) => Date.UTC(...parts) * 1000;

describe("days of the viewer", () => {
  beforeAll(() => {
    process.env["TZ"] = "Europe/Berlin";
  });
  it("are as long as the clock says", () => {
    // The clock went from 3 to 2 on 25 October 2026, and goes from 2 to 3 on 28 March 2027.
    const days = stepsFrom(utc(2026, 9, 24, 10), utc(2026, 9, 26, 10));
    expect(days.map((day) => new Date(day / 1000).toISOString())).toEqual(["2026-10-23T22:00:00.000Z", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"]);
  });
  it("have an hour twice in autumn and miss one in spring", () => {
    const cells = (from: number, hours: number) => Array.from({ length: hours }, (_, i) => ({ at: from + i * HOUR, count: 1 }));
    const autumn = stepsFrom(utc(2026, 9, 25, 10), utc(2026, 9, 25, 10));
    expect(hoursOf(cells(autumn[0] ?? 0, 25), autumn)).toEqual([[1, 1, 2, ...Array.from({ length: 21 }, () => 1)]]);
    const spring = stepsFrom(utc(2027, 2, 28, 10), utc(2027, 2, 28, 10));
    expect(hoursOf(cells(spring[0] ?? 0, 23), spring)).toEqual([[1, 1, null, ...Array.from({ length: 21 }, () => 1)]]);
    expect(hoursOf(cells(0, 3), spring)[0]?.every((hour) => hour === null)).toBe(true);
  });
  it("have steps by the clock, without the hour that it leaves out", () => {
    const day = utc(2027, 2, 28, 10);
    const steps = stepsFrom(day, day, 1);
    expect(steps.slice(0, 4).map((at) => new Date(at / 1000).toISOString().slice(11, 13))).toEqual(["23", "00", "01", "02"]);
    expect(steps).toHaveLength(12);
    const quarters = stepsFrom(day, day + 24 * HOUR, 6);
    expect(quarters.map((at) => new Date(at / 1000).getHours())).toEqual([0, 6, 12, 18, 0, 6, 12]);
    expect(countsIn(quarters, [{ at: 0, count: 9 }, { at: day, count: 2 }, { at: (quarters[1] ?? 0) - 1, count: 3 }, { at: day + 1, count: 5 }])).toEqual([3, 0, 7, 0, 0, 0, 0]);
  });
  it("have labels at round times", () => {
    const clocks = (steps: number[]) => steps.filter((_, i) => labelled(steps)[i]).map((at) => new Date(at / 1000).toTimeString().slice(0, 5));
    expect(clocks(Array.from({ length: 60 }, (_, i) => utc(2026, 10, 21, 9, 47) + i * 60e6))).toEqual(["10:50", "11:00", "11:10", "11:20", "11:30", "11:40"]);
    const noon = utc(2026, 10, 21, 11);
    expect(clocks(stepsFrom(noon, noon, 1))).toEqual(["00:00", "03:00", "06:00", "09:00", "12:00"]);
    expect(clocks(stepsFrom(noon - 144 * HOUR, noon, 6))).toEqual(Array.from({ length: 7 }, () => "00:00"));
  });
  it("are filled by the busiest, and by all others together", () => {
    const days = stepsFrom(utc(2026, 10, 1), utc(2026, 10, 2, 12));
    const series = Array.from({ length: 10 }, (_, i) => ({ name: `e${i}`, cells: [{ at: days[1] ?? 0, count: i }, { at: 0, count: 99 }] }));
    const parts = partsOf(series, days, (count) => `${count} others`);
    expect(parts.map(({ name, color, counts }) => [name, color, counts])).toEqual([...[9, 8, 7, 6, 5, 4, 3].map((i, color) => [`e${i}`, color + 1, [0, i]]), ["2 others", 8, [0, 3]]]);
    expect(partsOf(series.slice(0, 9), days, String).map(({ name }) => name)).toHaveLength(8);
  });
  it("have a scale of round numbers", () => expect([0, 1, 23, 26, 4100, 51_000].map(roundUp)).toEqual([1, 1, 25, 50, 5000, 100_000]));
});
