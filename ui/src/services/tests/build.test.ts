import { describe, expect, it } from "vitest";
import type { Row } from "../../live/live.svelte";
import { badIn, buildView, endpointsOf, hasPage, inOrder, shortName, testView, usualOther } from "./build";

const built = (id: string, fields: Record<string, unknown>) => buildView(`service/shop/build/${id}`, ((name: string) => fields[name]) as Row["get"]);
const tested = (name: string, fields: Record<string, unknown> = {}) => testView(`service/shop/test/${name}`, { name, ...fields });

describe("builds", () => {
  it("are called by their number, and lead to pages only", () => {
    const one = built("abcdefghij", { number: "123.1", url: "https://ci.example.org/1", at: 5 });
    expect([one.name, one.url, one.branch]).toEqual(["#123.1", "https://ci.example.org/1", null]);
    expect([built("abcdefghij", {}).name, built("x", { url: "javascript:1" }).url]).toEqual(["abcdefg", null]);
  });
  it("are compared with the one before on the same branch, else the one before", () => {
    const all = [built("a", { at: 1, branch: "main" }), built("b", { at: 2, branch: "new" }), built("c", { at: 3, branch: "main" }), built("d", { at: 4, branch: "other" })];
    expect(all.map((one) => usualOther(all, one)?.id ?? null)).toEqual([null, "a", "a", "c"]);
  });
});

describe("tests", () => {
  const tests = [
    tested("b", { state: "passed", strip: [["failed", 1], ["passed", 1]], seconds: 3, endpoints: { "GET /": { hits: 1, seconds: 0.3 } } }),
    tested("a", { state: "passed", strip: [["passed", 1]], seconds: 1, endpoints: { "GET /": { hits: 1, seconds: 0.1 }, "main.index": { hits: null, seconds: null } } }),
    tested("c", { state: "failed", strip: [["flaky", 1], ["failed", 1]], seconds: 2 }),
  ];
  it("stand with what fails first, or as they are asked for", () => {
    const names = (order: string) => inOrder(tests, order).map((one) => one.name).join("");
    expect([names("state"), names("nonsense"), names("name"), names("-seconds"), names("-failed")]).toEqual(["cba", "cba", "abc", "bca", "cba"]);
    expect(tests.map((one) => badIn(one.strip))).toEqual([1, 0, 2]);
  });
  it("are found by the endpoints that they ask", () => {
    expect(endpointsOf(tests).map((one) => [one.name, one.tests.map((test) => test.name), one.seconds])).toEqual([["GET /", ["b", "a"], 0.3], ["main.index", ["a"], null]]);
    expect(["GET /", "GET no route", "main.index", "GET"].map(hasPage)).toEqual([true, true, false, false]);
  });
  it("have short names where there is little room", () => {
    const names = ["tests/test_a.py::TestA::test_x[1.5]", "test_a.TestA.test_x", "test_x (tests.test_a.TestA)", "test_x"];
    expect(names.map(shortName)).toEqual(["test_x[1.5]", "test_x", "test_x", "test_x"]);
  });
});
