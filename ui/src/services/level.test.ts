import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, it, vi } from "vitest";
import { session, type Me } from "../session.svelte";
import Level from "./Level.svelte";

const as = (role: Me["role"]) => (session.me = { name: "ann", role, csrf: "", deck: "", needs_password: false });
const show = (level: number | null) => mount(Level, { target: document.body, props: { topic: "service/shop/endpoint/x", name: "GET /x", level } });

afterEach(() => {
  session.me = null;
  vi.unstubAllGlobals();
});

it("is seen by guests, and changed by nobody but admins", async () => {
  as("guest");
  const seen = show(3);
  flushSync();
  expect([document.querySelector("select"), document.body.textContent?.trim()]).toEqual([null, "3"]);
  await unmount(seen);
});

it("is asked for at once, and falls back when it is refused", async () => {
  const asked: unknown[] = [];
  const refused = { ok: false, status: 409, json: () => Promise.resolve({ error: { code: "refused", message: "no", hint: "" } }) };
  vi.stubGlobal("fetch", (_: string, init: RequestInit) => (asked.push(JSON.parse(String(init.body))), Promise.resolve(refused)));
  as("admin");
  const made = show(1);
  flushSync();
  const box = document.querySelector("select") as HTMLSelectElement;
  box.value = "3";
  box.dispatchEvent(new Event("change", { bubbles: true }));
  flushSync();
  expect(asked).toEqual([{ topic: "service/shop/endpoint/x", name: "level", args: { level: 3 } }]);
  await vi.waitFor(() => expect([box.value, box.getAttribute("aria-busy")]).toEqual(["1", "false"]));
  await unmount(made);
});
