import { describe, expect, it } from "vitest";
import { found, functionsOf, heaviest, levelsOf, matched, neighbour, treeOf, type Call, type Profile, type Told } from "./profile";

const node = (name: string, parent: string | null, own = true): Told => ({ parent, name, file: own ? "/app/shop.py" : "/lib/flask.py", line: 1, own });
const profile = (nodes: Record<string, Told>, samples: Record<string, number>, endpoint = "GET /"): Profile => ({ endpoint, nodes: new Map(Object.entries(nodes)), samples: new Map(Object.entries(samples)) });
const NODES = { w: node("wsgi", null, false), v: node("view", "w"), q: node("query", "v"), x: node("execute", "q", false), r: node("render", "v") };
const SHOP = profile(NODES, { w: 1, v: 1, x: 6, r: 2, gone: 5 });
const shown = (one: Call): unknown => [one.name, one.self, one.total, ...(one.children.length > 0 ? [one.children.map(shown)] : [])];

describe("the tree", () => {
  it("sums samples up to its root, the heaviest first, and leaves out what nobody knows", () => {
    const root = treeOf([SHOP], false, "all");
    expect(shown(root)).toEqual(["all", 0, 10, [["wsgi", 1, 10, [["view", 1, 9, [["query", 0, 6, [["execute", 6, 6]]], ["render", 2, 2]]]]]]]);
  });
  it("leaves out libraries that only lead to one's own code", () => {
    expect(shown(treeOf([SHOP], true, "all"))).toEqual(["all", 1, 10, [["view", 1, 9, [["query", 0, 6, [["execute", 6, 6]]], ["render", 2, 2]]]]]);
  });
  it("has a branch for each of several endpoints", () => {
    const root = treeOf([SHOP, profile(NODES, { v: 20 }, "GET /b")], true, "all");
    expect(root.children.map((one) => [one.name, one.total])).toEqual([["GET /b", 20], ["GET /", 10]]);
  });
});

describe("the flame graph", () => {
  const root = treeOf([SHOP], true, "all");
  const view = root.children[0]!;
  it("gives each call its share of the width, and stands below those who lead to it", () => {
    expect(levelsOf(root, 0).map((level) => level.map(({ call, x, width }) => [call.name, x, width]))).toEqual([
      [["all", 0, 1]],
      [["view", 0, 0.9]],
      [["query", 0, 0.6000000000000001], ["render", 0.6000000000000001, 0.2]],
      [["execute", 0, 0.6000000000000001]],
    ]);
    expect(levelsOf(view, 0.3).map((level) => level.map((block) => block.call.name))).toEqual([["all"], ["view"], ["query"], ["execute"]]);
  });
  it("is walked by the arrow keys", () => {
    const query = neighbour(view, "ArrowDown")!;
    expect([query.name, neighbour(query, "ArrowRight")?.name, neighbour(query, "ArrowLeft"), neighbour(query, "ArrowUp")?.name]).toEqual(["query", "render", null, "view"]);
    expect([neighbour(root, "ArrowUp"), neighbour(root, "ArrowRight"), neighbour(view, "Enter")]).toEqual([null, null, null]);
  });
  it("finds a call again after the tree was made anew", () => {
    const query = view.children[0]!;
    const again = treeOf([profile(NODES, { x: 3 })], true, "all");
    expect(found(again, query.id)?.total).toBe(3);
    expect(found(again, "/nowhere")).toBeNull();
  });
  it("says how much of all is in what is looked for, once", () => {
    const deep = treeOf([profile({ a: node("walk", null), b: node("walk", "a") }, { a: 1, b: 2 })], false, "all");
    expect([matched(root, "query"), matched(root, ""), matched(root, "SHOP.PY"), matched(deep, "walk")]).toEqual([6, 0, 9, 3]);
  });
});

describe("functions", () => {
  it("have own and total samples; one that calls itself is counted once", () => {
    const nodes = { a: node("walk", null), b: { ...node("step", "a"), line: 9 }, c: node("walk", "b") };
    const fns = functionsOf(treeOf([profile(nodes, { a: 1, b: 2, c: 3 })], false, "all"));
    expect(fns.map(({ name, self, total }) => [name, self, total])).toEqual([["walk", 4, 6], ["step", 2, 5]]);
    expect([heaviest(fns)?.name, heaviest([])]).toEqual(["walk", null]);
  });
  it("of one's own are named before those of libraries", () => {
    expect(heaviest(functionsOf(treeOf([SHOP], false, "all")))?.name).toBe("render");
  });
});
