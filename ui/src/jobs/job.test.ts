import { describe, expect, it } from "vitest";
import { doneText, elapsedOf, elapsedText, endOf, jobView, leftText, placeText, ratesOf, rateText, shareOf, standsFor, steadily, whyText, type JobView } from "./job";

const S = 1_000_000;
const NOW = 1_800_000_000 * S;

function job(given: Record<string, unknown> = {}): JobView {
  const state: Record<string, unknown> = { role: "bar", state: "running", started: NOW - 60 * S, changed: NOW, done: 30, total: 90, rate: 0.5, ...given };
  return jobView(`job/${String(given["id"] ?? "1")}`, { get: <T>(field: string) => state[field] as T | undefined });
}

describe("a job", () => {
  it("is called by its id until it says more", () => {
    expect([job({ id: "7" }).name, job({ name: "rows" }).name, job().pid, job().unit]).toEqual(["7", "rows", null, ""]);
  });

  it("was as fast as its times say, if it was over before it had a rate", () => {
    const over = { rate: undefined, state: "done", started: NOW - 2 * S, done: 30 };
    expect([job({ ...over, ended: NOW }).rate, job({ ...over, ended: NOW, rate: 7 }).rate, job(over).rate, job({ ...over, ended: NOW - 2 * S }).rate]).toEqual([15, 7, null, null]);
  });

  it("is as far as it says, and never further than its end", () => {
    expect([job(), job({ done: 200 }), job({ total: 0, done: 0 }), job({ total: null })].map(shareOf)).toEqual([1 / 3, 1, 1, null]);
  });

  it("will be done when its rate says so, if it has one and an end", () => {
    expect(endOf(job())).toBe(NOW + 120 * S);
    expect(endOf(job({ done: 99 }))).toBe(NOW);
    expect([job({ total: null }), job({ rate: 0 }), job({ state: "done" })].map(endOf)).toEqual([null, null, null]);
  });

  it("shows an end that stays where it is until it has really moved", () => {
    const steady = steadily();
    const ends = [100, 101, 98.5, 103, 104, null, 97].map((end) => steady(end === null ? null : end * S, 0));
    expect(ends).toEqual([100, 100, 100, 100, 100, null, 97].map((end) => (end === null ? null : end * S)));
    expect([steady(110 * S, 0), steady(112.5 * S, 109 * S)]).toEqual([110 * S, 112.5 * S]);
  });

  it("rounds up what is left, the more the longer it is", () => {
    expect([-5, 0.1, 59, 61, 123, 601, 7300].map((seconds) => leftText(seconds * S))).toEqual(["1 s", "1 s", "59 s", "1 min 5 s", "2 min 5 s", "11 min", "2 h 2 min"]);
  });

  it("runs for as long as it runs, and then no longer", () => {
    expect([elapsedOf(job(), NOW), elapsedOf(job({ ended: NOW - 10 * S }), NOW)]).toEqual([60 * S, 50 * S]);
    expect([elapsedText(job({ started: NOW + 1 }), NOW), elapsedText(job(), NOW + S), elapsedText(job({ ended: NOW - 50 * S }), NOW)]).toEqual(["0 s", "1 min 1 s", "10.0 s"]);
  });

  it("stands still when that is long for it", () => {
    const at = (seconds: number, given: Record<string, unknown> = {}) => standsFor(job({ changed: NOW - seconds * S, ...given }), NOW);
    expect([at(19), at(21), at(9, { rate: 100 }), at(11, { rate: 100 }), at(50, { rate: 0.1 })]).toEqual([null, 21 * S, null, 11 * S, null]);
    expect([at(99, { state: "done" }), at(99, { role: "program" })]).toEqual([null, null]);
  });

  it("says how fast it goes, or how long one takes", () => {
    expect([rateText(job({ rate: 128.1, unit: "row" })), rateText(job({ rate: 44.46 })), rateText(job()), rateText(job({ rate: null }))]).toEqual(["128 row/s", "44.5 it/s", "2.00 s/it", ""]);
  });

  it("says how far it is in its unit, and nothing without a number", () => {
    expect([doneText(job({ unit: "row" })), doneText(job({ total: null, unit: "it" })), doneText(job({ done: null }))]).toEqual(["30 of 90 row", "30", ""]);
  });

  it("says what ended it, who did, and where it ran", () => {
    const error = { type: "ValueError", message: "no row" };
    expect(whyText(job({ state: "failed", error }))).toBe("ValueError: no row");
    expect(whyText(job({ state: "interrupted", error, stopping: { by: "ines", at: NOW } }))).toMatch(/^ines stopped it at /);
    expect([whyText(job({ state: "lost", reason: "its process died" })), whyText(job({ error })), whyText(job({ state: "done" }))]).toEqual(["Its process died.", "", ""]);
    expect([placeText(job({ user: "ines", host: "north", pid: 7 })), placeText(job())]).toEqual(["ines on north, process 7", ""]);
  });
});

it("rates lie between the points of a history; a job that began again has none there", () => {
  const rates = ratesOf([[NOW, 0], [NOW + S, 10], [NOW + 3 * S, 20], [NOW + 4 * S, 0], [NOW + 5 * S, 1]]);
  expect(rates.map(([, rate]) => rate)).toEqual([10, 5, 1]);
  expect(rates[0]?.[0]).toBe(new Date((NOW + S) / 1000).toISOString());
});
