import { describe, expect, it } from "vitest";
import type { Row } from "../live/live.svelte";
import { answersOf, beginOf, endpointView, figuresOf, pointsOf, rateOf, serviceView, timesOf, type Step, type Total } from "./service";

const rowOf = (topic: string, fields: Record<string, unknown>): Row => ({ topic, version: 1, get: (<T,>(name: string) => fields[name] as T | undefined) as Row["get"] });
const NOW = Date.UTC(2026, 10, 21, 15, 47, 30) * 1000;
const total = (count: number): Total => ({ count, sum: 1, min: 0, max: 1, p50: 0.1, p90: 0.2, p95: 0.3, p99: 0.4, last_at: NOW });
const step = (at: number, count: number): Step => ({ ...total(count), at });

describe("views", () => {
  it("sums what a service has answered, and knows its processes", () => {
    const fields = { name: "shop", framework: "Flask", status: new Map([["200", 3], ["500", 1]]), processes: new Map([["a:1", { host: "a", pid: 1 }]]) };
    const view = serviceView(rowOf("service/shop%201", fields));
    expect([view.segment, view.name, view.all, view.processes.length, view.last]).toEqual(["shop%201", "shop", 4, 1, null]);
    expect(serviceView(rowOf("service/shop%201", {})).name).toBe("shop 1");
  });
  it("says in words that an endpoint has no route", () => {
    const topic = "service/shop/endpoint/GET%20no%20route";
    expect(endpointView(rowOf(topic, { name: "GET no route", method: "GET", route: null }), "nowhere").route).toBe("nowhere");
    expect(endpointView(rowOf(topic, { name: "GET /", method: "GET", route: "/" }), "nowhere").route).toBe("/");
    expect(endpointView(rowOf("service/shop/endpoint/other", { name: "other" }), "nowhere").route).toBe("other");
    const callback = { name: "POST /_dash-update-component graph.figure", method: "POST", route: "/_dash-update-component" };
    expect(endpointView(rowOf(topic, callback), "nowhere").route).toBe("/_dash-update-component graph.figure");
  });
  it("sorts answers by how many there were", () => {
    expect(answersOf(new Map([["500", 1], ["200", 3]]))).toEqual([{ code: "200", count: 3, share: 0.75 }, { code: "500", count: 1, share: 0.25 }]);
  });
  it("takes figures from totals that may be missing", () => {
    expect(figuresOf({ duration: total(5), errors: null })).toMatchObject({ hits: 5, failed: 0 });
    expect(figuresOf(undefined)).toEqual({ hits: 0, failed: 0, total: null });
  });
});

describe("time", () => {
  it("begins days at the reader's midnight", () => {
    const today = new Date(beginOf("today", NOW) / 1000);
    expect([today.getHours(), today.getMinutes(), today.getSeconds()]).toEqual([0, 0, 0]);
    expect(NOW - beginOf("today", NOW)).toBeLessThan(25 * 3600e6);
    expect(new Date(beginOf("week", NOW) / 1000).getHours()).toBe(0);
    expect(beginOf("hour", NOW)).toBe(Date.UTC(2026, 10, 21, 14, 47) * 1000);
    expect(beginOf("all", NOW)).toBe(0);
  });
  it("shows steps without requests as none, and their latency as a gap", () => {
    const steps = [step(120e6, 7)];
    const times = timesOf(steps, 60, 65e6, 185e6);
    expect(times).toEqual([60e6, 120e6, 180e6]);
    expect(pointsOf(times, steps, (one) => one?.count ?? 0, (one) => one && one.p50)).toEqual([
      ["1970-01-01T00:01:00.000Z", 0, null],
      ["1970-01-01T00:02:00.000Z", 7, 0.1],
      ["1970-01-01T00:03:00.000Z", 0, null],
    ]);
    expect(timesOf(steps, 60, 0, 245e6)).toEqual([120e6, 180e6, 240e6]);
    expect(timesOf([step(180e6, 1)], 60, 0, 185e6)).toEqual([180e6]);
    expect(timesOf([], 60, 0, 185e6)).toEqual([]);
  });
  it("tells a rate only from samples that are some time apart", () => {
    expect(rateOf([])).toBeNull();
    expect(rateOf([[0, 10], [1000, 20]])).toBeNull();
    expect(rateOf([[0, 10], [1000, 20], [4000, 50]])).toBe(10);
  });
});
