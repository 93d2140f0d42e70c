/** Which jobs are asked for, as the address holds it and as the hub understands it. */
import { at } from "../base";
import { isOneOf, statesOf } from "../lists/filters";

/** Whose bars are asked for: of a program, a process, a run, or in another bar. */
export const SCOPES = ["program", "process", "parent", "run"] as const;
export type Scope = (typeof SCOPES)[number];

export interface Asked {
  q: string;
  /** One or several, with commas between them. */
  state: string;
  scope: { column: Scope; value: string } | null;
}

export function askedOf(said: URLSearchParams): Asked {
  const column = SCOPES.find((one) => (said.get(one) ?? "") !== "");
  return { q: said.get("q") ?? "", state: said.get("state") ?? "", scope: column ? { column, value: said.get(column) ?? "" } : null };
}

export function addressOf({ q, state, scope }: Asked): Record<string, string> {
  return { ...(q && { q }), ...(state && { state }), ...(scope && { [scope.column]: scope.value }) };
}

export const isAsked = (asked: Asked): boolean => Object.keys(addressOf(asked)).length > 0;

export const allJobsPath = (column: Scope, value: string, q = ""): string => `${at("/jobs")}?${new URLSearchParams(addressOf({ q, state: "", scope: { column, value } }))}`;

/** Processes of a pool stand for their bars alone; a search finds programs and bars, a state programs, a scope its bars. */
export function conditionsOf({ q, state, scope }: Asked): string[] {
  const roles = scope ? ["bar"] : q === "" ? ["program"] : ["program", "bar"];
  return [...(scope ? [`${scope.column} = ${JSON.stringify(scope.value)}`] : []), ...isOneOf("role", roles), ...isOneOf("state", statesOf(state))];
}
