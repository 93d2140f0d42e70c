import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { session } from "../session.svelte";
import { Button, Select, Slider, TextInput } from "./inputs";
import type { Part } from "./lazy.svelte";
import { parts } from "./lazy.svelte";

const calls: { args: unknown; answer: (failure?: Error) => void }[] = [];
vi.mock("../api", async (original) => ({
  ...(await original<object>()),
  call: (topic: string, name: string, args: unknown) =>
    new Promise<void>((resolve, reject) => {
      expect([topic, name]).toEqual(["script/a", "input"]);
      calls.push({ args, answer: (failure) => (failure ? reject(failure) : resolve()) });
    }),
}));

let made: ReturnType<typeof mount> | undefined;
beforeEach(() => {
  calls.length = 0;
  session.me = { name: "ada", role: "admin", csrf: "", deck: "", needs_password: false };
});
afterEach(async () => {
  if (made) await unmount(made);
  made = undefined;
  document.body.replaceChildren();
});

function show<T extends HTMLElement>(part: Part, tag: string, fields: Record<string, unknown>): T {
  const shown = { id: "x", title: "X", version: 0, get: <V>(field: string) => fields[field] as V | undefined };
  made = mount(part, { target: document.body, props: { shown, topic: "script/a/panel/x" } });
  flushSync();
  return document.querySelector<T>(tag) as T;
}
const settled = () => new Promise((resolve) => setTimeout(resolve));

it("sends a press once, however often it is pressed meanwhile", async () => {
  const button = show<HTMLButtonElement>(Button, "button", { label: "Go on" });
  expect(button.textContent).toBe("Go on");
  button.click();
  button.click();
  flushSync();
  expect(calls.map((one) => one.args)).toEqual([{ component: "x", value: null }]);
  expect(button.getAttribute("aria-busy")).toBe("true");
  calls[0]?.answer();
  await settled();
  button.click();
  expect(calls.length).toBe(2);
});

it("sends the first value of a slider, and then the newest", async () => {
  const slider = show<HTMLInputElement>(Slider, "input", { value: 1, min: 0, max: 10, step: 1, unit: "m" });
  for (const value of [2, 3, 4]) {
    slider.value = String(value);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }
  flushSync();
  expect(document.querySelector("output")?.textContent).toBe("4 m");
  calls[0]?.answer();
  await settled();
  expect(calls.map((one) => (one.args as { value: number }).value)).toEqual([2, 4]);
});

it("falls back to what the panel tells when the hub refuses", async () => {
  const slider = show<HTMLInputElement>(Slider, "input", { value: 1 });
  slider.value = "7";
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  calls[0]?.answer(new Error("no"));
  await settled();
  flushSync();
  expect(document.querySelector("output")?.textContent).toBe("1");
});

it("knows options by their place", () => {
  const select = show<HTMLSelectElement>(Select, "select", { options: ["1", 1, 2.5], value: 1 });
  expect(select.selectedIndex).toBe(1);
  select.value = "2";
  select.dispatchEvent(new Event("change", { bubbles: true }));
  expect(calls[0]?.args).toEqual({ component: "x", value: 2.5 });
});

it("sends text when it is done, and only if it is another", () => {
  const input = show<HTMLInputElement>(TextInput, "input", { value: "old", placeholder: "name" });
  expect([input.value, input.placeholder]).toEqual(["old", "name"]);
  input.value = "new";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  expect(calls.length).toBe(0);
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.dispatchEvent(new Event("blur"));
  flushSync();
  expect(calls.map((one) => one.args)).toEqual([{ component: "x", value: "new" }]);
});

it("is off for guests and when its script says so, with the reason", () => {
  expect(show<HTMLButtonElement>(Button, "button", { disabled: true }).title).toBe("Its script has switched it off");
  session.me = { name: "g", role: "guest", csrf: "", deck: "", needs_password: false };
  flushSync();
  const button = document.querySelector("button");
  expect([button?.disabled, button?.title]).toEqual([true, "Guests see what is set, and cannot change it"]);
});

it("loads when a panel has one", async () => {
  expect(parts.get("Slider")).toBeUndefined();
  expect([parts.says("Slider"), parts.says("Nonsense")]).toEqual(["", expect.stringContaining("Nonsense")]);
  await vi.waitFor(() => expect(parts.get("Slider")).toBe(Slider));
  expect(parts.get("Nonsense")).toBeUndefined();
});
