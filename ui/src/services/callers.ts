/** Who asked, and from where: requests and average time by user or address, over the versions of a service. */
import type { Row } from "../live/live.svelte";

export type Whom = "users" | "ips";

/** All others together, in a topic of callers. */
export const OTHER = "other";

export interface Caller {
  name: string;
  count: number;
  /** Seconds a request takes on the average. */
  average: number;
  /** The same by version; null where there were none. */
  by: (number | null)[];
}

export interface Callers {
  /** The latest at the end. */
  versions: string[];
  callers: Caller[];
  /** All requests, and their average in seconds. */
  count: number;
  average: number;
}

/** `rows` are topics of the kind callers, one a version. */
export function callersOf(rows: readonly Row[], whom: Whom, most = 6): Callers {
  const ordered = [...rows].sort((one, other) => (one.get<number>("last") ?? 0) - (other.get<number>("last") ?? 0));
  const known = ordered.map((row) => ({
    version: row.get<string>("version") ?? "",
    counts: row.get<Map<string, number>>(whom) ?? new Map<string, number>(),
    times: row.get<Map<string, number>>(`${whom}_us`) ?? new Map<string, number>(),
  }));
  const shown = known.filter(({ counts }) => counts.size > 0).slice(-most);
  const names = new Set(known.flatMap(({ counts }) => [...counts.keys()]));
  const of = (name: string, field: "counts" | "times") => known.reduce((sum, one) => sum + (one[field].get(name) ?? 0), 0);
  const callers = [...names].map((name) => {
    const by = shown.map(({ counts, times }) => averageOf(times.get(name) ?? 0, counts.get(name) ?? 0));
    return { name, count: of(name, "counts"), average: averageOf(of(name, "times"), of(name, "counts")) ?? 0, by };
  });
  const count = callers.reduce((sum, caller) => sum + caller.count, 0);
  const time = callers.reduce((sum, caller) => sum + caller.count * caller.average, 0);
  return { versions: shown.map(({ version }) => version), callers, count, average: time / Math.max(1, count) };
}

const averageOf = (microseconds: number, count: number): number | null => (count > 0 ? microseconds / count / 1e6 : null);

/** Those with a text in their name, by requests or by average, the greatest first; the others together stand last. */
export function sortedCallers(callers: readonly Caller[], by: "count" | "average", text: string): Caller[] {
  const wanted = text.trim().toLowerCase();
  const last = ({ name }: Caller) => (name === OTHER ? 1 : 0);
  return callers
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort((one, other) => last(one) - last(other) || other[by] - one[by] || one.name.localeCompare(other.name, undefined, { numeric: true }));
}
