/** What of a service has a page of its own, by its place in addresses; each loads when it is looked at. */
import type { Component } from "svelte";

type Part = Component<{ service: string; id: string }>;

export const PARTS: Record<string, () => Promise<Part>> = {
  exceptions: async () => (await import("./ExceptionPage.svelte")).default,
  outliers: async () => (await import("./OutlierPage.svelte")).default,
  builds: async () => (await import("./tests/BuildPage.svelte")).default,
  tests: async () => (await import("./tests/TestPage.svelte")).default,
};
