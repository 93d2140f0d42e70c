import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keys } from "../keys.svelte";
import Search from "./Search.svelte";

keys.start();
let mounted: ReturnType<typeof mount> | null = null;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  if (mounted) void unmount(mounted);
  vi.useRealTimers();
  document.body.replaceChildren();
});

/** A page that looks for `text`, and is told what to look for. */
function page(given: { ofHub?: boolean } = {}) {
  const asked: string[] = [];
  const props = $state({ text: "", label: "Find", ...given, ask: (text: string) => void asked.push((props.text = text.trim())), clear: () => void asked.push((props.text = "")) });
  mounted = mount(Search, { target: document.body, props });
  flushSync();
  const field = document.querySelector("input") as HTMLInputElement;
  const type = (text: string) => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    flushSync();
  };
  const press = (key: string, target: EventTarget = document.body) => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  return { asked, props, field, type, press };
}

test("the hub is asked once after a rest, and what is typed stays as typed", () => {
  const { asked, field, type } = page({ ofHub: true });
  for (const text of ["o", "on", "one "]) type(text);
  expect(asked).toEqual([]);
  vi.runAllTimers();
  flushSync();
  expect(asked).toEqual(["one"]);
  expect(field.value).toBe("one ");
});

test("what the address says later is shown, and is not asked for again", () => {
  const { asked, props, field, type } = page({ ofHub: true });
  type("one");
  vi.runAllTimers();
  props.text = "before";
  flushSync();
  vi.runAllTimers();
  expect(field.value).toBe("before");
  expect(asked).toEqual(["one"]);
});

test("a slash leads to it, Escape leaves it, and once more clears it", () => {
  const { asked, field, type, press } = page();
  press("/");
  expect(document.activeElement).toBe(field);
  type("one");
  press("Escape", field);
  expect(document.activeElement).not.toBe(field);
  expect(asked).toEqual(["one"]);
  press("Escape");
  flushSync();
  expect(asked).toEqual(["one", ""]);
  expect(field.value).toBe("");
});
