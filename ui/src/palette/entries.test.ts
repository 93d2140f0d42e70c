import { expect, it } from "vitest";
import { wordOf } from "./entries";

it("the longest word that was typed is what the hub looks for", () => {
  expect([wordOf("run prices-2 now"), wordOf("prices"), wordOf("")]).toEqual(["prices-2", "prices", ""]);
});
