/** The tabs of the pages of services and endpoints. A tab of its own is a component with these properties and a line here. */
import type { Component } from "svelte";
import { serviceTexts as t } from "../texts/services";
import type { Span } from "./service";

/** What a tab is about. */
export interface Subject {
  /** The service as topics write it. */
  service: string;
  /** The endpoint as topics write it; null on the page of the service. */
  endpoint: string | null;
  topic: string;
  span: Span;
  /** Changes when there is something new to be read. */
  news: number;
}

export interface Tab {
  /** Its name in addresses; the first tab has none. */
  name: string;
  text: string;
  /** The times that it can look at, the usual one first in `usual`; none if it has no choice. */
  spans: readonly Span[];
  usual: Span;
  load: () => Promise<{ default: Component<Subject> }>;
}

const TIMES: readonly Span[] = ["hour", "today", "week", "month", "quarter"];
const LONG: readonly Span[] = ["week", "month", "quarter", "all"];
const DAYS: readonly Span[] = ["week", "month", "quarter"];
const SHORT: readonly Span[] = ["hour", "today", "week", "month", "all"];

export const SERVICE_TABS: readonly Tab[] = [
  { name: "", text: t.tabs.overview, spans: SHORT, usual: "today", load: () => import("./ServiceOverview.svelte") },
  { name: "traffic", text: t.tabs.traffic, spans: DAYS, usual: "month", load: () => import("./Traffic.svelte") },
  { name: "latency", text: t.tabs.latency, spans: TIMES, usual: "week", load: () => import("./Latency.svelte") },
  { name: "versions", text: t.tabs.versions, spans: LONG, usual: "month", load: () => import("./Versions.svelte") },
  { name: "users", text: t.tabs.users, spans: [], usual: "all", load: () => import("./Users.svelte") },
  { name: "errors", text: t.tabs.errors, spans: SHORT, usual: "today", load: () => import("./Errors.svelte") },
  { name: "outliers", text: t.tabs.outliers, spans: [], usual: "all", load: () => import("./Outliers.svelte") },
  { name: "profile", text: t.tabs.profile, spans: [], usual: "all", load: () => import("./Profile.svelte") },
  { name: "tests", text: t.tabs.tests, spans: [], usual: "all", load: () => import("./tests/Tests.svelte") },
];

export const ENDPOINT_TABS: readonly Tab[] = [
  { name: "", text: t.tabs.overview, spans: SHORT, usual: "today", load: () => import("./EndpointOverview.svelte") },
  { name: "traffic", text: t.tabs.traffic, spans: DAYS, usual: "month", load: () => import("./Traffic.svelte") },
  { name: "users", text: t.tabs.users, spans: [], usual: "all", load: () => import("./Users.svelte") },
  { name: "errors", text: t.tabs.errors, spans: SHORT, usual: "today", load: () => import("./Errors.svelte") },
  { name: "outliers", text: t.tabs.outliers, spans: [], usual: "all", load: () => import("./Outliers.svelte") },
  { name: "profile", text: t.tabs.profile, spans: [], usual: "all", load: () => import("./Profile.svelte") },
];

/** The span that an address asks for, if the tab has it. */
export const spanIn = (tab: Tab, given: string | null): Span => tab.spans.find((one) => one === given) ?? tab.usual;
