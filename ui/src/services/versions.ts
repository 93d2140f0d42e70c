/** Endpoints by version: a table of what each version did at each endpoint. */
import { figuresOf, type Figures } from "./service";
import type { Member } from "./totals.svelte";

export const METRICS = ["share", "hits", "p50", "p95", "errors"] as const;
export type Metric = (typeof METRICS)[number];

export interface Version {
  name: string;
  /** When its first requests of the time began. */
  since: number;
  hits: number;
}

export interface VersionRow {
  endpoint: string;
  hits: number;
  /** One for each version; null where it has not answered this endpoint. */
  figures: (Figures | null)[];
}

export interface Matrix {
  /** In the order in which they came. */
  versions: Version[];
  /** How many older ones are left out. */
  left: number;
  rows: VersionRow[];
}

/** `members` are topics of the kind version, with their fields endpoint and version. */
export function matrixOf(members: readonly Member[], most: number): Matrix {
  const versions = new Map<string, Version>();
  const endpoints = new Map<string, Map<string, Figures>>();
  for (const { series, state } of members) {
    const figures = figuresOf(series);
    if (figures.hits === 0) continue;
    const [endpoint, name] = [String(state?.["endpoint"] ?? ""), String(state?.["version"] ?? "")];
    const version = versions.get(name) ?? { name, since: Infinity, hits: 0 };
    version.since = Math.min(version.since, figures.total?.first_at ?? Infinity);
    version.hits += figures.hits;
    versions.set(name, version);
    endpoints.set(endpoint, (endpoints.get(endpoint) ?? new Map<string, Figures>()).set(name, figures));
  }
  const ordered = [...versions.values()].sort((one, other) => one.since - other.since || one.name.localeCompare(other.name, undefined, { numeric: true }));
  const shown = ordered.slice(-most);
  const rows = [...endpoints].map(([endpoint, by]) => {
    const figures = shown.map(({ name }) => by.get(name) ?? null);
    return { endpoint, figures, hits: figures.reduce((sum, one) => sum + (one?.hits ?? 0), 0) };
  });
  const busiest = rows.filter(({ hits }) => hits > 0).sort((one, other) => other.hits - one.hits || one.endpoint.localeCompare(other.endpoint));
  return { versions: shown, left: ordered.length - shown.length, rows: busiest };
}

export function valueOf(metric: Metric, figures: Figures | null, version: Version | undefined): number | null {
  if (figures === null) return null;
  if (metric === "share") return figures.hits / Math.max(1, version?.hits ?? 0);
  if (metric === "hits") return figures.hits;
  if (metric === "errors") return figures.failed / Math.max(1, figures.hits);
  return figures.total?.[metric] ?? null;
}

/**
 * How deep the colour of each cell of a row is, 0 to 1: of latencies how much slower than the quickest version (twice as
 * slow is all), of errors by their share (a twentieth is all), of requests by their share of the version's.
 */
export function depthsOf(metric: Metric, values: readonly (number | null)[], all: number): number[] {
  const least = Math.min(...values.map((value) => value ?? Infinity));
  const depth = (value: number | null): number => {
    if (value === null) return 0;
    if (metric === "p50" || metric === "p95") return least > 0 ? Math.log2(value / least) : 0;
    if (metric === "errors") return Math.sqrt(value / 0.05);
    return Math.sqrt(value / Math.max(1e-9, all));
  };
  return values.map((value) => Math.max(0, Math.min(1, depth(value))));
}
