import { describe, expect, it } from "vitest";
import { fit, pieces } from "./fuzzy";

const ranked = (typed: string, texts: string[]) =>
  texts.filter((text) => fit(text, typed)).sort((one, other) => (fit(other, typed)?.score ?? 0) - (fit(one, typed)?.score ?? 0));

describe("what fits", () => {
  it("has all letters in their order", () => {
    expect(fit("meter_import", "mi")?.at).toEqual([0, 6]);
    expect(fit("meter_import", "im m")).toBeNull();
    expect(fit("meter_import", "tim")).not.toBeNull();
    expect(fit("anything", "")).toEqual({ score: 0, at: [], whole: true });
    expect(fit("short", "much longer than that")).toBeNull();
  });

  it("is ranked: whole words, then beginnings of words, then letters apart", () => {
    expect(ranked("met", ["some_car", "my_extra_tool", "parameter", "meter_import"])).toEqual(["meter_import", "parameter", "my_extra_tool"]);
    expect(ranked("run", ["Return", "Runs", "rerun"])).toEqual(["Runs", "rerun", "Return"]);
  });

  it("is shown marked", () => {
    expect(pieces("meter", [0, 1, 4])).toEqual([{ text: "me", hit: true }, { text: "te", hit: false }, { text: "r", hit: true }]);
  });
});
