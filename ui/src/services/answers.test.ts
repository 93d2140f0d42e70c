import { expect, it } from "vitest";
import { answeredBy, CLASSES, worstFirst } from "./answers";
import type { EndpointView } from "./service";

it("puts endpoints that fail most first, then those that refuse most", () => {
  const row = (name: string, status: Record<string, number>) => answeredBy({ name } as EndpointView, new Map(Object.entries(status)));
  const rows = [row("well", { 200: 900 }), row("refuses", { 200: 5, 404: 9, 422: 1 }), row("fails", { 200: 1, 500: 2, 503: 1 }), row("none", {})];
  expect(worstFirst(rows).map(({ view }) => view.name)).toEqual(["fails", "refuses", "well", "none"]);
  expect(Object.fromEntries(CLASSES.map((first, i) => [first, rows[1]?.classes[i]]))).toEqual({ 1: 0, 2: 5, 3: 0, 4: 10, 5: 0 });
});
