import { describe, expect, it } from "vitest";
import { blamed, given, parametersOf, read, textOf, type Parameter } from "./arguments";

const of = (kind: Parameter["kind"], more: Partial<Parameter> = {}): Parameter => ({
  name: "x", annotation: kind, kind, optional: false, default: null, choices: [], ...more,
});

describe("arguments", () => {
  it.each([
    ["int", "-7", -7],
    ["int", "99999999999999999999", "99999999999999999999"],
    ["float", "2.5e-3", 0.0025],
    ["str", " a ", " a "],
    ["bool", "true", true],
    ["bool", "", false],
    ["date", "2026-11-21", "2026-11-21"],
    ["datetime", "2026-11-21T09:30", "2026-11-21T09:30"],
    ["time", "09:30", "09:30"],
    ["list", "[1, 2]", [1, 2]],
    ["dict", '{"a": 1}', { a: 1 }],
    ["any", "5", 5],
    ["any", "five", "five"],
  ] as const)("%s reads %j", (kind, text, value) => expect(read(of(kind), text)).toEqual({ value }));

  it.each([
    ["int", "1.5"],
    ["int", ""],
    ["float", "half"],
    ["date", "2026-13-01"],
    ["datetime", "2026-11-21"],
    ["time", "25:00"],
    ["list", "{}"],
    ["dict", "[1]"],
    ["choice", ""],
  ] as const)("%s refuses %j and says what to write", (kind, text) => expect(read(of(kind), text)).toHaveProperty("error", expect.stringMatching(/^(Type|Choose)/)));

  it("takes an empty field for None where that is allowed", () => {
    for (const kind of ["int", "date", "choice", "str"] as const) expect(read(of(kind, { optional: true }), "")).toEqual({ value: null });
    expect(read(of("str"), "")).toEqual({ value: "" });
  });

  it("shows values as they are read again", () => {
    const choice = of("choice", { choices: ["s", 3, true] });
    for (const value of choice.choices) expect(read(choice, textOf(choice, value))).toEqual({ value });
    for (const value of ["5", "five", 5, [1], { a: "b" }, false]) expect(read(of("any"), textOf(of("any"), value))).toEqual({ value });
    expect(textOf(of("bool"), true)).toBe("true");
    expect(textOf(of("int"), null)).toBe("");
  });

  it("gives only what differs from the defaults", () => {
    const parameters = [of("int", { name: "days", default: 30 }), of("list", { name: "only", default: [1] })];
    expect(given(parameters, new Map<string, unknown>([["days", 30], ["only", [1]]]))).toEqual({});
    expect(given(parameters, new Map<string, unknown>([["days", 7], ["only", [1]]]))).toEqual({ days: 7 });
  });

  it("finds the field that an error is about", () => {
    const parameters = [of("int", { name: "days" })];
    expect(blamed("the argument days is 'x'; give a whole number (int)", parameters)).toBe("days");
    expect(blamed("ValueError: the argument days is 'x'; give", parameters)).toBe("days");
    expect(blamed("the argument other is 1; give", parameters)).toBeNull();
    expect(blamed("KeyError: 'days'", parameters)).toBeNull();
  });

  it("knows parameters of which little is told", () =>
    expect(parametersOf([{ name: "a", annotation: "", default: 1 }])[0]).toMatchObject({ name: "a", kind: "any", default: 1 }));
});
