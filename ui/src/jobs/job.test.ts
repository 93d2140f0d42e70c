import { describe, expect, it } from "vitest";
import { elapsedOf, jobView, nested, ratesOf, rateText, remainingOf, shareOf, standsFor, type JobView } from "./job";

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

  it("is as far as it says, and never further than its end", () => {
    expect([job(), job({ done: 200 }), job({ total: 0, done: 0 }), job({ total: null })].map(shareOf)).toEqual([1 / 3, 1, 1, null]);
  });

  it("takes what is left at its rate, and that counts down between two words of it", () => {
    expect(remainingOf(job(), NOW)).toBe(120 * S);
    expect(remainingOf(job(), NOW + 5 * S)).toBe(115 * S);
    expect(remainingOf(job(), NOW + 500 * S)).toBe(0);
    expect([job({ total: null }), job({ rate: 0 }), job({ state: "done" })].map((one) => remainingOf(one, NOW))).toEqual([null, null, null]);
  });

  it("runs for as long as it runs, and then no longer", () => {
    expect([elapsedOf(job(), NOW), elapsedOf(job({ ended: NOW - 10 * S }), NOW)]).toEqual([60 * S, 50 * S]);
  });

  it("stands still when that is long for it", () => {
    const at = (seconds: number, given: Record<string, unknown> = {}) => standsFor(job({ changed: NOW - seconds * S, ...given }), NOW);
    expect([at(19), at(21), at(9, { rate: 100 }), at(11, { rate: 100 }), at(50, { rate: 0.1 })]).toEqual([null, 21 * S, null, 11 * S, null]);
    expect([at(99, { state: "done" }), at(99, { role: "program" })]).toEqual([null, null]);
  });

  it("says how fast it goes, or how long one takes", () => {
    expect([rateText(job({ rate: 128.1, unit: "row" })), rateText(job()), rateText(job({ rate: null }))]).toEqual(["128.1 row/s", "2.0 s/it", ""]);
  });
});

describe("jobs of a program", () => {
  it("stand below what they are in, by their opening", () => {
    const jobs = [job({ id: "3", parent: "1", started: 30 }), job({ id: "1", parent: "p", started: 10 }), job({ id: "4", parent: "3", started: 40 }), job({ id: "2", parent: "w", started: 20 })];
    expect(nested(jobs).map(({ job: one, depth }) => [one.id, depth])).toEqual([["1", 0], ["3", 1], ["4", 2], ["2", 0]]);
  });

  it("that claim to be in themselves are shown all the same", () => {
    expect(nested([job({ id: "1", parent: "1" })]).map(({ job: one }) => one.id)).toEqual(["1"]);
  });
});

it("rates lie between the points of a history; a job that began again has none there", () => {
  const rates = ratesOf([[NOW, 0], [NOW + S, 10], [NOW + 3 * S, 20], [NOW + 4 * S, 0], [NOW + 5 * S, 1]]);
  expect(rates.map(([, rate]) => rate)).toEqual([10, 5, 1]);
  expect(rates[0]?.[0]).toBe(new Date((NOW + S) / 1000).toISOString());
});
