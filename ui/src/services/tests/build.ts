/** Builds and tests as the pages show them, from their topics. */
import { columnOf } from "../../lists/order";
import type { Row } from "../../live/live.svelte";
import type { Look } from "../../status";
import { testTexts as t } from "../../texts/tests";
import type { State } from "./compare";

export interface BuildView {
  topic: string;
  id: string;
  /** What people call it: the number that the CI gave it, else its id. */
  name: string;
  at: number;
  version: string | null;
  branch: string | null;
  commit: string | null;
  provider: string | null;
  job: string | null;
  url: string | null;
  runner: string | null;
  python: string | null;
  count: number;
  failed: number;
  flaky: number;
  times: number;
  seconds: number;
}

export function buildView(topic: string, get: Row["get"]): BuildView {
  const id = topic.split("/")[3] ?? "";
  const word = (field: string) => get<string | null>(field) || null;
  const count = (field: string) => get<number>(field) ?? 0;
  const url = word("url");
  const number = word("number");
  return {
    topic,
    id,
    name: number === null ? id.slice(0, 7) : `#${number}`,
    at: count("at"),
    version: word("version"),
    branch: word("branch"),
    commit: word("commit"),
    provider: word("provider"),
    job: word("job"),
    // What a program has written leads nowhere but to a page.
    url: url !== null && /^https?:\/\//.test(url) ? url : null,
    runner: word("runner"),
    python: word("python"),
    count: count("count"),
    failed: count("failed"),
    flaky: count("flaky"),
    times: count("times"),
    seconds: count("seconds"),
  };
}

/** The build that a build is compared with unless somebody says otherwise: the one before on the same branch, else the one before. */
export function usualOther(builds: readonly BuildView[], build: BuildView): BuildView | null {
  const before = builds.filter((one) => one.id !== build.id && (one.at < build.at || (one.at === build.at && one.topic < build.topic)));
  before.sort((one, other) => other.at - one.at || (one.topic < other.topic ? 1 : -1));
  return before.find((one) => one.branch === build.branch) ?? before[0] ?? null;
}

export interface TestView {
  topic: string;
  segment: string;
  name: string;
  state: State;
  seconds: number;
  last: number;
  /** The last builds, the oldest first: how it ended, and seconds. */
  strip: [State, number][];
  endpoints: Record<string, Asked>;
}

/** Requests of a test to an endpoint, in one repetition; null where that is not known. */
export interface Asked {
  hits: number | null;
  seconds: number | null;
}

export const TEST_FIELDS = "name,state,seconds,last,strip,endpoints";

export function testView(topic: string, state: Record<string, unknown>): TestView {
  return {
    topic,
    segment: topic.split("/")[3] ?? "",
    name: String(state["name"] ?? ""),
    state: (state["state"] as State | undefined) ?? "passed",
    seconds: Number(state["seconds"] ?? 0),
    last: Number(state["last"] ?? 0),
    strip: (state["strip"] as [State, number][] | undefined) ?? [],
    endpoints: (state["endpoints"] as Record<string, Asked> | undefined) ?? {},
  };
}

const RANK: Record<State, number> = { failed: 0, flaky: 1, passed: 2 };
export const badIn = (strip: TestView["strip"]): number => strip.filter(([state]) => state !== "passed").length;

const BY: Record<string, (one: TestView, other: TestView) => number> = {
  name: (one, other) => one.name.localeCompare(other.name),
  state: (one, other) => RANK[one.state] - RANK[other.state] || badIn(other.strip) - badIn(one.strip),
  failed: (one, other) => badIn(one.strip) - badIn(other.strip),
  seconds: (one, other) => one.seconds - other.seconds,
  last: (one, other) => one.last - other.last,
};

/** In an order as addresses write it; what fails comes first in the usual one. */
export function inOrder(tests: readonly TestView[], order: string): TestView[] {
  const by = BY[columnOf(order)] ?? BY["state"];
  const turn = order.startsWith("-") ? -1 : 1;
  return [...tests].sort((one, other) => turn * (by?.(one, other) ?? 0) || one.name.localeCompare(other.name));
}

export interface AskedEndpoint {
  name: string;
  tests: TestView[];
  /** Seconds, in the middle of the tests that ask it; null if nobody knows. */
  seconds: number | null;
}

/** Endpoints with the tests that ask them, the most asked first. */
export function endpointsOf(tests: readonly TestView[]): AskedEndpoint[] {
  const found = new Map<string, AskedEndpoint & { took: number[] }>();
  for (const test of tests) {
    for (const [name, asked] of Object.entries(test.endpoints)) {
      const one = found.get(name) ?? { name, tests: [], seconds: null, took: [] };
      found.set(name, one);
      one.tests.push(test);
      if (asked.seconds !== null) one.took.push(asked.seconds);
    }
  }
  return [...found.values()]
    .map(({ took, ...one }) => ({ ...one, seconds: took.sort((a, b) => a - b)[took.length >> 1] ?? null }))
    .sort((one, other) => other.tests.length - one.tests.length || one.name.localeCompare(other.name));
}

/** Whether this names an endpoint as services are measured, which has a page; those of older senders have names of their own. */
export const hasPage = (endpoint: string): boolean => /^[A-Z]+ (\/|no route$)/.test(endpoint);

const TONES: Record<State, Look["tone"]> = { failed: "failed", flaky: "warn", passed: "done" };
export const lookOf = (state: State): Look => ({ tone: TONES[state], word: t.states[state] });

/** The name of a test's function: of `tests/test_a.py::TestA::test_x[1.5]`, `test_a.TestA.test_x` and `test_x (tests.test_a.TestA)`. */
export function shortName(name: string): string {
  const [path = "", ...given] = name.replace(/ \([^()]*\)$/, "").split("[");
  return [path.split("::").at(-1)?.split(".").at(-1) ?? path, ...given].join("[");
}
