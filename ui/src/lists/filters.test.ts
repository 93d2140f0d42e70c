import { describe, expect, it } from "vitest";
import { addressOf, conditionsOf, filtersOf, isFiltered, NOTHING, withState } from "./filters";

describe("filters of runs", () => {
  it("stand in the address, and come back from it", () => {
    const filters = { ...NOTHING, state: "failed", script: "a b", q: "x=1&y", order: "-duration" };
    const address = new URLSearchParams(addressOf(filters)).toString();
    expect(filtersOf(new URLSearchParams(address))).toEqual(filters);
    expect(addressOf(NOTHING)).toEqual({});
    expect([isFiltered(filters), isFiltered({ ...NOTHING, order: "script" })]).toEqual([true, false]);
  });

  it("do not trust an address", () => {
    expect(filtersOf(new URLSearchParams("since=ever&order=-traceback&what=1"))).toEqual(NOTHING);
  });

  it("are conditions that the hub reads; a name of digits stays a name", () => {
    const filters = { ...NOTHING, state: "failed", script: '0"7', since: "1h" };
    expect(conditionsOf(filters, 7_200_000_001)).toEqual(['script = "0\\"7"', 'state = "failed"', "started >= 3600000000"]);
  });

  it("take several states, or none, which means all", () => {
    expect([withState("", "lost"), withState("lost", "failed"), withState("lost,failed", "lost")]).toEqual(["lost", "lost,failed", "failed"]);
    expect(conditionsOf({ ...NOTHING, state: "failed,lost" }, 0)).toEqual(['state = ["failed","lost"]']);
  });
});
