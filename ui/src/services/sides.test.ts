import { describe, expect, it } from "vitest";
import { areSame, chosenIn } from "./sides";

const version = (name: string) => ({ name, since: 0, hits: 1 });

describe("two sides", () => {
  it("are the latest version and the one before, as long as the address says no other", () => {
    const sides = chosenIn(new URLSearchParams("bfrom=2026-11-20"), [version("1"), version("2"), version("3")]);
    expect(sides).toEqual([{ version: "2", from: "", to: "" }, { version: "3", from: "2026-11-20", to: "" }]);
    expect(areSame(sides)).toBe(false);
  });
  it("are the same where there is one version, until they are of other days", () => {
    expect(areSame(chosenIn(new URLSearchParams(), [version("1")]))).toBe(true);
    expect(areSame(chosenIn(new URLSearchParams("afrom=2026-11-19&ato=2026-11-19"), [version("1")]))).toBe(false);
  });
});
