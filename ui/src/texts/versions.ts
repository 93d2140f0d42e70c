/** The texts of versions and of what is compared, which load with their page. */
import { counted, number } from "../format";

export const versionTexts = {
  matrix: "Endpoints by version",
  metric: "What is shown",
  metrics: { share: "Share", hits: "Requests", p50: "p50", p95: "p95", errors: "Errors" },
  explained: {
    share: "Of all requests of the version",
    hits: "Requests of the version",
    p50: "Deeper: slower than the quickest version of the endpoint",
    p95: "Deeper: slower than the quickest version of the endpoint",
    errors: "Deeper: more of the requests failed",
  },
  endpoint: "Endpoint",
  since: (when: string) => `since ${when}`,
  left: (count: number) => `${counted(count, "older version")} not shown`,
  none: "none",
  empty: "No version has answered in this time",
  emptyLine: "Each request counts for the version that the service says it has: APP_VERSION, or the commit of GIT.",
  emptyCommand: 'monitor.config.from_file("config.cfg")',

  title: "Compare",
  sides: ["Before", "After"] as const,
  version: (side: string) => `Version ${side.toLowerCase()}`,
  any: "all versions",
  from: (side: string) => `First day ${side.toLowerCase()}`,
  to: (side: string) => `Last day ${side.toLowerCase()}`,
  swap: "Swap",
  columns: { endpoint: "Endpoint", verdict: "Verdict", n: "n", p50: "p50", p95: "p95", change: "Change", failed: "Errors", codes: "Status codes" },
  verdicts: { worse: "Worse", better: "Better", same: "No difference", few: "Too few" },
  summary: (worse: number, better: number, same: number, few: number) =>
    `${counted(worse, "endpoint")} worse, ${number(better)} better, ${number(same)} without a difference${few > 0 ? `, ${number(few)} with too few requests to tell` : ""}`,
  method:
    "p50: Mann-Whitney U test; p95: test of the shares above the common 95th percentile; errors and codes: test of two shares. Worse or better is what has p < 0.05 after Holm's correction for everything in this table, and moved by at least 5 %. The hour and the load differ, too: a difference is no proof of its cause.",
  codesOf: "Status codes are those of all time of a version.",
  onlyOne: (version: string) => `Only version ${version} has answered in this time`,
  onlyOneLine: "There is nothing to compare it with yet: the next version appears here with its first request. To compare two times, choose days.",
  alike: "Both sides are the same",
  alikeLine: "Choose another version, or other days, on one of them.",
  nothing: "Nothing to compare",
  nothingLine: "No endpoint has requests on both sides: choose other versions, or other days.",
  all: (count: number) => `All ${number(count)}`,
  differing: (count: number) => `Different ${number(count)}`,
  which: "Which endpoints",
};
