import { describe, expect, it } from "vitest";
import { changeOf, kindsOf, sinceWhen, sureOf } from "./change";
import { methodsOf, nextOrder, orderOf, rowOf, shownOf, sortedBy } from "./rows";
import { beforeOf, daysBefore, type EndpointView, type Figures, type Total } from "./service";
import { latelyOf, minutesBefore, ratesOf, withSample, type Sample } from "./rate";
import { changed, chance } from "./words";

const figures = (hits: number, p95: number, failed = 0): Figures => ({ hits, failed, total: hits === 0 ? null : ({ count: hits, p50: p95 / 2, p95, p99: p95 * 2 } as Total) });
const view = (name: string): EndpointView => ({ topic: name, segment: name, name, method: name.split(" ")[0] ?? "", route: name, last: null, all: 1, level: null });
const row = (name: string, hits: number, p95: number, before = figures(0, 0)) => rowOf(view(name), figures(hits, p95), before);

describe("rows of endpoints", () => {
  const rows = [row("GET /a", 5, 0.3), row("POST /b", 50, 0.1), row("GET /c", 0, 0)];
  const names = (order: string) => sortedBy(order, rows).map(({ view }) => view.name);
  it("are ordered by figures, the unknown at the end", () => {
    expect(names("-hits")).toEqual(["POST /b", "GET /a", "GET /c"]);
    expect(names("-p95")).toEqual(["GET /a", "POST /b", "GET /c"]);
    expect(names("p95")).toEqual(["POST /b", "GET /a", "GET /c"]);
    expect(names("-name")).toEqual(["POST /b", "GET /c", "GET /a"]);
    expect([orderOf("-p50"), orderOf("nonsense"), nextOrder("-hits", "hits"), nextOrder("-hits", "p95"), nextOrder("-hits", "name")]).toEqual(["-p50", "-hits", "hits", "-p95", "name"]);
  });
  it("are chosen by text and by method", () => {
    expect(shownOf(rows, " /B ", []).map(({ view }) => view.name)).toEqual(["POST /b"]);
    expect(shownOf(rows, "", ["GET"]).map(({ view }) => view.name)).toEqual(["POST /b"]);
    expect(methodsOf([...rows, row("BREW /", 1, 1)])).toEqual(["GET", "POST", "BREW"]);
  });
});

describe("changes", () => {
  it("are told of enough requests only", () => {
    expect(changeOf(figures(49, 1), figures(1000, 0.1))).toEqual({ p95: null, failed: null });
    expect(changeOf(figures(100, 0.3, 2), figures(100, 0.1)).p95).toBeCloseTo(2);
  });
  it("are slower or failing from a size on that is worth a word", () => {
    const before = figures(1000, 0.1, 1);
    const kinds = (now: Figures) => kindsOf(changeOf(now, before), before);
    expect(kinds(figures(1000, 0.11, 1))).toEqual([]);
    expect(kinds(figures(1000, 0.13, 1))).toEqual(["slower"]);
    expect(kinds(figures(1000, 0.2, 20))).toEqual(["failing", "slower"]);
    expect(kinds(figures(1000, 0.05, 0))).toEqual([]);
  });
  it("are told of where chance does not explain them, however many were looked at", () => {
    const buckets = (tail: number) => new Map([[1, 1000 - tail], [9, tail]]);
    const sure = (tail: number, endpoints: number, failed = 1) => sureOf(["failing", "slower"], figures(1000, 1, failed), figures(1000, 1, 5), [buckets(tail), buckets(50)], endpoints);
    expect([sure(80, 1), sure(80, 500), sure(200, 500), sure(50, 1)]).toEqual([["slower"], [], ["slower"], []]);
    expect([sure(50, 500, 60), sure(50, 500, 15)]).toEqual([["failing"], []]);
    expect(sureOf(["slower"], figures(1000, 1), figures(1000, 1), undefined, 1)).toEqual([]);
  });
  it("began where values rose, not where they fell or there were none", () => {
    const points = (values: number[]) => values.map((value, at) => ({ at, count: value === 0 ? 0 : 10, value }));
    expect(sinceWhen(points([1, 1.1, 0, 1, 3, 2.9, 3.1]))).toBe(4);
    expect(sinceWhen(points([3, 3, 1, 1]))).toBeNull();
    expect(sinceWhen(points([1, 9, 1, 1, 1, 4, 4, 4, 4]))).toBe(5);
    expect([sinceWhen([]), sinceWhen(points([1]))]).toEqual([null, null]);
  });
  it("have words", () => {
    expect([changed(0.34), changed(-0.2), changed(3.21), changed(0), chance(0.0002), chance(0.0321)]).toEqual(["+34 %", "−20 %", "×4.2", "0 %", "p < 0.001", "p = 0.032"]);
  });
});

describe("the time before", () => {
  it("begins at the same hour of the reader's day", () => {
    const now = new Date(2026, 9, 26, 13, 30).getTime() * 1000;
    const [from, to] = beforeOf("today", now) ?? [0, 0];
    expect([new Date(from / 1000).getHours(), new Date(to / 1000).getHours(), new Date(to / 1000).getDate()]).toEqual([0, 13, 25]);
    expect(new Date(daysBefore(now, 30) / 1000).getHours()).toBe(13);
    expect(beforeOf("hour", now)?.[1]).toBe(now - 3600e6);
    expect(beforeOf("all", now)).toBeNull();
  });
});

describe("the live rate", () => {
  it("is told from samples some seconds apart", () => {
    const samples = Array.from({ length: 8 }, (_, i): Sample => [i * 1e6, i * 20]);
    expect(ratesOf(samples)).toEqual([4, 5, 6, 7].map((second) => [second * 1e6, 20]));
    expect(ratesOf([])).toEqual([]);
    expect(withSample([[0, 1], [300e6, 2]], [305e6, 3])).toEqual([[300e6, 2], [305e6, 3]]);
  });
  it("is by the minute before somebody looked", () => {
    expect([latelyOf(new Map([[10, 90]]), 10.5 * 60e6), latelyOf(new Map([[9, 120]]), 10 * 60e6), latelyOf(undefined, 0)]).toEqual([3, 2, null]);
    const points = (until: number) => minutesBefore(new Map([[9, 120], [10, 90]]), until).map(([at, rate]) => [at / 60e6, rate]);
    expect(points(600e6 + 30e6)).toEqual([[5.5, 0], [6.5, 0], [7.5, 0], [8.5, 0], [9.5, 2], [10.25, 3]]);
    expect(points(600e6 + 1e6)).toHaveLength(5);
  });
});
