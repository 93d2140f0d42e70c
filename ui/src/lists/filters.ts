/** What a list of runs is asked for, as the address holds it and as the hub understands it. */
import { HOUR, MINUTE } from "../format";
import { columnOf } from "./order";

export interface RunFilters {
  /** One or several, with commas between them. */
  state: string;
  script: string;
  hook: string;
  since: string;
  q: string;
  order: string;
}

export const SPANS: Record<string, number> = { "1h": HOUR, "24h": 24 * HOUR, "7d": 7 * 24 * HOUR, "30d": 30 * 24 * HOUR };
export const NEWEST = "-started";
export const COLUMNS = ["started", "script", "state", "hook", "duration", "cause"] as const;
export const NOTHING: RunFilters = { state: "", script: "", hook: "", since: "", q: "", order: NEWEST };

/** What the address says; what nobody can have meant counts as not said. */
export function filtersOf(said: URLSearchParams): RunFilters {
  const column = columnOf(said.get("order") ?? "");
  return {
    state: said.get("state") ?? "",
    script: said.get("script") ?? "",
    hook: said.get("hook") ?? "",
    since: (said.get("since") ?? "") in SPANS ? (said.get("since") ?? "") : "",
    q: said.get("q") ?? "",
    order: (COLUMNS as readonly string[]).includes(column) ? (said.get("order") ?? NEWEST) : NEWEST,
  };
}

/** Only what differs from asking for nothing, so that addresses stay short. */
export function addressOf(filters: RunFilters): Record<string, string> {
  const said = Object.entries(filters) as [keyof RunFilters, string][];
  return Object.fromEntries(said.filter(([name, value]) => value !== NOTHING[name]));
}

export const isFiltered = (filters: RunFilters): boolean => Object.keys(addressOf({ ...filters, order: NEWEST })).length > 0;

export const statesOf = (chosen: string): string[] => chosen.split(",").filter((state) => state !== "");

/** The states with this one added, or without it if it was among them. */
export function withState(chosen: string, state: string): string {
  const states = statesOf(chosen);
  return (states.includes(state) ? states.filter((one) => one !== state) : [...states, state]).join(",");
}

/** That a column has this value, or one of several. */
export const isOneOf = (column: string, values: string[]): string[] =>
  values.length === 0 ? [] : [`${column} = ${JSON.stringify(values.length === 1 ? values[0] : values)}`];

/** The conditions, `now` being microseconds. A text is quoted: 007 is a name, and no number. */
export function conditionsOf(filters: RunFilters, now: number): string[] {
  const named = (["script", "hook"] as const).filter((name) => filters[name] !== "");
  const span = SPANS[filters.since];
  const since = span === undefined ? [] : [`started >= ${Math.floor((now - span) / MINUTE) * MINUTE}`];
  return [...named.map((name) => `${name} = ${JSON.stringify(filters[name])}`), ...isOneOf("state", statesOf(filters.state)), ...since];
}

/** The order of a column that is pressed for the first time: newest, longest first. */
export const firstOf = (column: string): string => (column === "started" || column === "duration" ? `-${column}` : column);
