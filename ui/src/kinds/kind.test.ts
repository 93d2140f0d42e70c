import { describe, expect, it } from "vitest";
import type { FieldType } from "../core/fold";
import { fieldOf, lookOfState, nameOf, sorted, stepsOf, written, type Kind } from "./kind";

const field = (label: string, form = "text", more = {}) => ({ label, form, unit: null, tones: {}, ...more }) as Kind["fields"][string];
const KIND: Kind = {
  name: "sensor", title: "Sensors", pattern: "sensor/*", names: "place", about: "", command: "", columns: ["place", "value"],
  fields: { value: field("Value", "number", { unit: "°C" }), place: field("Place"), state: field("State", "state", { tones: { high: "warn" } }) },
};

describe("a kind by its declaration", () => {
  it.each([
    ["number", 1234.5, { unit: "°C" }, "1\u2009234.5 °C"],
    ["bytes", 2_500_000, {}, "2.5 MB"],
    ["percent", 0.125, {}, "12.5 %"],
    ["duration", 1_320_000, {}, "1.32 s"],
    ["text", { a: 1 }, {}, '{"a":1}'],
    ["number", "n/a", {}, "n/a"],
    ["text", null, {}, null],
    ["time", 5, {}, null],
  ])("writes %s %j", (form, given, more, wanted) => expect(written(field("x", form, more), given)).toBe(wanted));

  it("gives states the tones that are declared", () => {
    expect(lookOfState(fieldOf(KIND, "state"), "high")).toEqual({ tone: "warn", word: "High" });
    expect(lookOfState(fieldOf(KIND, "state"), "other").tone).toBe("waiting");
  });

  it("names topics by the column, or by their own name", () => {
    expect(nameOf(KIND, "sensor/a%20b", () => "attic")).toBe("attic");
    expect(nameOf(KIND, "sensor/a%20b", () => undefined)).toBe("a b");
    expect(nameOf(null, "lab/x", () => "attic")).toBe("x");
  });

  it("puts declared fields first, in their order, and others by name", () => {
    const types: [string, FieldType][] = [["zeta", ["scalar"]], ["alpha", ["scalar"]], ["place", ["scalar"]], ["value", ["scalar"]], ["past", ["list", 5]]];
    expect(sorted(KIND, types)).toMatchObject({ scalar: ["value", "place", "alpha", "zeta"], list: ["past"], series: [] });
    expect(fieldOf(null, "last_seen").label).toBe("Last seen");
  });

  it("makes points of cells", () => {
    const cells = new Map([
      ["10", [2, 30, 10, 20, [0, 20], {}]],
      ["9", [1, "5", 5, 5, [0, 5], {}]],
    ]) as Parameters<typeof stepsOf>[0];
    expect(stepsOf(cells, 0.5)).toEqual([
      ["1970-01-01T00:09:00.000Z", 2.5, 2.5, 2.5],
      ["1970-01-01T00:10:00.000Z", 7.5, 5, 10],
    ]);
    expect(stepsOf(undefined, 1)).toEqual([]);
  });
});
