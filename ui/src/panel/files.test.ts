import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, it, vi } from "vitest";
import type { Part } from "./lazy.svelte";
import { Download, Figure, Image } from "./files";

// The frame has nothing to load here: what is in it is seen in a real browser.
Object.assign((window as unknown as { happyDOM: { settings: object } }).happyDOM.settings, { navigation: { disableChildFrameNavigation: true } });
const BLOB = { sha256: "ab".repeat(32), size: 1234, type: "text/csv", name: "may.csv" };
let made: ReturnType<typeof mount> | undefined;
afterEach(async () => {
  if (made) await unmount(made);
  made = undefined;
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function show(part: Part, fields: Record<string, unknown>): void {
  const shown = { id: "x", title: "X", version: 0, get: <V>(field: string) => fields[field] as V | undefined };
  made = mount(part, { target: document.body, props: { shown, topic: "script/a/panel/x" } });
  flushSync();
}

it("shows an image, and says what is seen", () => {
  show(Image, { image: BLOB, alt: "", title: "Plot" });
  const image = document.querySelector("img") as HTMLImageElement;
  expect([image.getAttribute("src"), image.alt]).toEqual([`/api/blobs/${BLOB.sha256}`, "Plot"]);
  image.dispatchEvent(new Event("error"));
  flushSync();
  expect([image.hidden, document.querySelector("p")?.textContent]).toEqual([true, "The image cannot be loaded any more. The next one will be."]);
});

it("says that there is nothing yet", () => {
  show(Image, { image: null, alt: "a", title: null });
  expect([document.querySelector("img"), document.querySelector("p")?.textContent]).toEqual([null, "No image yet"]);
});

it("offers a file under its name", () => {
  show(Download, { file: BLOB, label: "" });
  const link = document.querySelector("a") as HTMLAnchorElement;
  expect([link.getAttribute("href"), link.download, link.textContent]).toEqual([`/api/blobs/${BLOB.sha256}`, "may.csv", "may.csv"]);
  expect(document.querySelector(".num")?.textContent).toBe("1.2 kB");
});

it("offers nothing before there is something", () => {
  show(Download, { file: null, label: "Report" });
  expect(document.querySelector("button")?.disabled).toBe(true);
  expect(document.querySelector("a")).toBeNull();
});

it("gives a figure to a frame that can reach nothing, once that is ready", async () => {
  vi.stubGlobal("fetch", async () => new Response('{"data":[]}'));
  show(Figure, { figure: BLOB, title: null, height: 300 });
  const frame = document.querySelector("iframe") as HTMLIFrameElement;
  expect([frame.getAttribute("sandbox"), frame.getAttribute("src"), frame.style.height]).toEqual(["allow-scripts", "/framed/figure.html", "300px"]);
  const sent: unknown[] = [];
  const inside = { postMessage: (said: unknown) => sent.push(said) };
  Object.defineProperty(frame, "contentWindow", { value: inside });
  const say = (data: unknown, source: unknown = inside) => dispatchEvent(Object.assign(new Event("message"), { data, source }));
  say({ is: "ready" }, window);
  await new Promise((done) => setTimeout(done));
  flushSync();
  expect(sent).toEqual([]);
  say({ is: "ready" });
  await vi.waitFor(() => expect(sent).toMatchObject([{ text: '{"data":[]}', look: { dark: false } }]));
  say({ is: "failed", why: "scatter3d" });
  flushSync();
  expect(document.querySelector("p")?.textContent).toContain("This page draws no scatter3d");
  expect(frame.hidden).toBe(true);
});
