import { createRawSnippet, flushSync, mount, unmount } from "svelte";
import { expect, it } from "vitest";
import Rows from "./Rows.svelte";

it("draws of many rows those in view, each in its place, and room for the others", async () => {
  const table = document.body.appendChild(document.createElement("table"));
  const row = createRawSnippet<[item: string, index: number]>((item, index) => ({ render: () => `<tr data-row><td>${index()}: ${item()}</td></tr>` }));
  const items = Array.from({ length: 1000 }, (_, i) => `item ${i}`);
  const mounted = mount(Rows, { target: table, props: { items, key: (item: string) => item, row } as never });
  flushSync();
  const drawn = [...table.querySelectorAll("[data-row]")];
  expect(drawn.length).toBeLessThan(100);
  expect(drawn.map((one) => one.textContent)).toEqual(drawn.map((_, i) => `${i}: item ${i}`));
  const last = table.querySelector("tbody > tr:last-child") as HTMLElement;
  expect(parseFloat(last.style.height)).toBe((1000 - drawn.length) * 34);
  await unmount(mounted);
});
