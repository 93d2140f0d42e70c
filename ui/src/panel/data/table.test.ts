import { flushSync, mount, unmount } from "svelte";
import { expect, it } from "vitest";
import DataTable from "./DataTable.svelte";

it("draws the rows in view of ten thousand, and says which they are", async () => {
  let asked = 0;
  const rowAt = (index: number) => ((asked += 1), [`p${index}`, index, index % 2 ? null : "text"]);
  const data = { head: ["x", "a", "b"], count: 10_000, rowAt, newestFirst: true };
  const made = mount(DataTable, { target: document.body, props: { data, title: "Chart" } });
  flushSync();
  const rows = [...document.querySelectorAll("tbody tr[data-row]")];
  expect(rows.length).toBeLessThan(100);
  expect(asked).toBeLessThan(300);
  expect(document.querySelector("table")?.getAttribute("aria-rowcount")).toBe("10001");
  expect(rows[0]?.getAttribute("aria-rowindex")).toBe("2");
  expect([...(rows[0]?.children ?? [])].map((cell) => cell.textContent)).toEqual(["p9999", "9\u2009999", "none"]);
  await unmount(made);
});
