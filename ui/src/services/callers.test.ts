import { describe, expect, it } from "vitest";
import type { Row } from "../live/live.svelte";
import { callersOf, sortedCallers } from "./callers";

const row = (version: string, last: number, users: Record<string, number>, times: Record<string, number>): Row => {
  const fields: Record<string, unknown> = { version, last, users: new Map(Object.entries(users)), users_us: new Map(Object.entries(times)) };
  return { topic: version, version: 1, get: (<T,>(name: string) => fields[name] as T | undefined) as Row["get"] };
};

describe("callers", () => {
  const rows = [row("2", 20, { ann: 1, other: 50 }, { ann: 3e6, other: 5e6 }), row("1", 10, { ann: 3, bob: 4 }, { ann: 3e6, bob: 4e6 })];
  it("are summed over the versions, and known by each", () => {
    const found = callersOf(rows, "users");
    expect([found.versions, found.count]).toEqual([["1", "2"], 58]);
    expect(found.average).toBeCloseTo(15 / 58);
    expect(found.callers.find(({ name }) => name === "ann")).toEqual({ name: "ann", count: 4, average: 1.5, by: [1, 3] });
    expect(found.callers.find(({ name }) => name === "bob")?.by).toEqual([1, null]);
    expect(callersOf(rows, "ips")).toEqual({ versions: [], callers: [], count: 0, average: 0 });
    expect(callersOf(rows, "users", 1).versions).toEqual(["2"]);
  });
  it("stand in order, all others last", () => {
    const { callers } = callersOf(rows, "users");
    const names = (by: "count" | "average", text = "") => sortedCallers(callers, by, text).map(({ name }) => name);
    expect(names("count")).toEqual(["ann", "bob", "other"]);
    expect(names("average")).toEqual(["ann", "bob", "other"]);
    expect(names("count", "B")).toEqual(["bob"]);
  });
});
