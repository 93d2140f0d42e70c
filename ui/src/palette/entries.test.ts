import { expect, it } from "vitest";
import { groupOf, wordOf } from "./entries";

it("the longest word that was typed is what the hub looks for", () => {
  expect([wordOf("run prices-2 now"), wordOf("prices"), wordOf("")]).toEqual(["prices-2", "prices", ""]);
});

it("takes letters apart only where nothing has what was typed in one piece", () => {
  const entries = ["Run planned now", "Pause the schedule of hangs"].map((text) => ({ id: text, icon: "play", text, hint: "" }));
  const found = (typed: string) => groupOf("do", entries, typed)?.entries.map((entry) => entry.text);
  expect(found("plan")).toEqual(["Run planned now"]);
  expect(found("pausehangs")).toEqual(["Pause the schedule of hangs"]);
  expect(found("zzz")).toBeUndefined();
});
