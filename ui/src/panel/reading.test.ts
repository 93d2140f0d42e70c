import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, it, vi } from "vitest";
import type { Part } from "./lazy.svelte";
import { Json, Log, Markdown } from "./reading";
import { added, type Item } from "./reading/lines";
import { entriesOf, leafOf, sizeOf } from "./reading/tree";

let made: ReturnType<typeof mount> | undefined;
afterEach(async () => {
  if (made) await unmount(made);
  made = undefined;
  document.body.replaceChildren();
});

function show(part: Part, fields: Record<string, unknown>): HTMLElement {
  const shown = { id: "x", title: "X", version: 0, get: <V>(field: string) => fields[field] as V | undefined };
  made = mount(part, { target: document.body, props: { shown, topic: "script/a/panel/x" } });
  flushSync();
  return document.body;
}
const all = (of: string) => [...document.querySelectorAll(of)].map((one) => one.textContent);

it("shows a text under its heading, HTML as text", async () => {
  show(Markdown, { title: "Report", text: "# Done\n\n<b>x</b>" });
  await vi.waitFor(() => expect(document.querySelector(".prose h2")?.textContent).toBe("Done"));
  expect(document.querySelector("header h2")?.textContent).toBe("Report");
  expect(document.querySelector("b")).toBeNull();
});

it("unfolds as many levels as the script says, and makes no more", () => {
  show(Json, { value: { a: [1, { b: "x" }], n: null, e: [] }, open: 1 });
  expect(all("summary")).toEqual(["3 keys", "a2 items"]);
  expect(all(".leaf")).toEqual(["nnull", "e[]"]);
  const inner = document.querySelectorAll("details")[1] as HTMLDetailsElement;
  inner.open = true;
  inner.dispatchEvent(new Event("toggle"));
  flushSync();
  expect(all("summary")).toEqual(["3 keys", "a2 items", "11 key"]);
});

it("shows a bare value, and the first of very many", () => {
  show(Json, { value: Array.from({ length: 500 }, (_, i) => i), open: 1 });
  expect(all(".leaf").length).toBe(200);
  document.querySelector<HTMLButtonElement>("button.link")?.click();
  flushSync();
  expect(all(".leaf").length).toBe(500);
});

it("knows what a value holds", () => {
  expect(entriesOf(new Map([["a", 1]]))).toEqual([["a", 1]]);
  expect([entriesOf("ab"), entriesOf(null), entriesOf(undefined)]).toEqual([null, null, null]);
  expect([leafOf("a\n"), leafOf(1.5), leafOf(undefined)]).toEqual(['"a\\n"', "1.5", "null"]);
  expect(sizeOf([], 1)).toBe("1 item");
});

it("shows lines with their time and level", () => {
  show(Log, { lines: [[1e15, "", "one"], [1e15, "WARNING", "two\u001b[0m"]], max_lines: 10 });
  expect(all(".msg")).toEqual(["one", "two"]);
  expect(all(".lv")).toEqual(["", "warn"]);
  expect(document.querySelectorAll("li.is-warn").length).toBe(1);
});

it("draws the newest of very many, and all when asked", () => {
  show(Log, { lines: Array.from({ length: 1200 }, (_, i) => [1e15, "", `line ${i}`]) });
  expect([all(".msg").length, all(".msg").at(-1), all(".says")[0]]).toEqual([1000, "line 1199", expect.stringContaining("200 earlier lines")]);
  document.querySelector<HTMLButtonElement>("button.link")?.click();
  flushSync();
  expect(all(".msg").length).toBe(1200);
});

it("says when there is none", () => {
  expect(show(Log, {}).textContent).toContain("No lines yet");
});

it("counts what came since, also when older lines went meanwhile", () => {
  const lines = [1, 2, 3, 4].map((time): Item => [time, "", "same"]);
  const [one, two, three, four] = lines as [Item, Item, Item, Item];
  expect(added([one, two], [one, two, three])).toBe(1);
  expect(added([one, two], [two, three, four])).toBe(2);
  expect(added([one], [three, four])).toBe(2);
  expect(added([], [one])).toBe(1);
});
