import { expect, it } from "vitest";
import { coloured } from "./colour";

const said = (line: string, file = "a.py") => (coloured([line], file)[0] ?? []).filter(([tone]) => tone !== "").map(([tone, text]) => `${tone} ${text}`);

it("knows the words of Python, and what only looks like them", () => {
  expect(said("@qd.hooks.setup")).toEqual(["fn @qd.hooks.setup"]);
  expect(said("def update(panel, n=30):  # if")).toEqual(["k def", "fn update", "nu 30", "co # if"]);
  expect(said(`x.in_ = f"for {y}" + 'it\\'s' # "no"`)).toEqual([`st f"for {y}"`, `st 'it\\'s'`, `co # "no"`]);
  expect(said("form = x1 or a2.5")).toEqual(["k or"]);
});

it("goes on through texts of several lines", () => {
  const lines = ['"""One', "two # three", 'end""" + "x"', "if '''a''' else None"];
  expect(coloured(lines, "a.py").map((line) => line.map(([tone, text]) => `${tone}:${text}`))).toEqual([
    ['st:"""One'],
    ["st:two # three"],
    ['st:end"""', ": + ", 'st:"x"'],
    ["k:if", ": ", "st:'''a'''", ": ", "k:else", ": ", "k:None"],
  ]);
});

it("colours layouts, and loses no sign of any line", () => {
  expect(said('<Col md=6 id="a"> <!-- x -->', "layout.html")).toEqual(["k Col", "fn md", "nu 6", "fn id", 'st "a"', "co <!-- x -->"]);
  const lines = ["'''\"", "'", '"""', "x = '''", "\\'", "\t# \u00fc\u{1f600}", "a".repeat(3000)];
  for (const file of ["a.py", "layout.html"]) expect(coloured(lines, file).map((line) => line.map(([, text]) => text).join(""))).toEqual(lines);
});
