/** Two groups of requests that are compared, as the address names them and as the hub is asked for them. */
import { daysBefore, ofService } from "./service";
import type { Side } from "./compare";
import { bucketsOf } from "./shift";
import { readMembers, type Member } from "./totals.svelte";
import type { Version } from "./versions";

/** A version, or all of them (""), on some days of the reader ("2026-11-21"; "" is the beginning, or now). */
export interface Chosen {
  version: string;
  from: string;
  to: string;
}

const NAMES = ["a", "b"] as const;

/** What an address asks for; else the latest version against the one before, or if there is one only it against itself. */
export function chosenIn(query: URLSearchParams, versions: readonly Version[]): [Chosen, Chosen] {
  const usual = [versions.at(-2) ?? versions.at(-1), versions.at(-1)];
  const [a, b] = NAMES.map((name, i) => ({ version: query.get(name) ?? usual[i]?.name ?? "", from: query.get(`${name}from`) ?? "", to: query.get(`${name}to`) ?? "" }));
  return [a, b] as [Chosen, Chosen];
}

/** Whether both are the same requests: then there is nothing to compare. */
export const areSame = ([a, b]: readonly [Chosen, Chosen]): boolean => a.version === b.version && a.from === b.from && a.to === b.to;

/** No version is said as well: it means all of them, and what is not said the usual one. */
export const asQuery = (sides: readonly [Chosen, Chosen]): Record<string, string | string[]> =>
  Object.fromEntries(NAMES.flatMap((name, i) => [[name, [sides[i]?.version ?? ""]], [`${name}from`, sides[i]?.from ?? ""], [`${name}to`, sides[i]?.to ?? ""]]));

/** The midnight at which a day of the reader begins, in microseconds; null for no day. */
function midnight(day: string): number | null {
  const time = new Date(`${day}T00:00`).getTime();
  return day === "" || Number.isNaN(time) ? null : time * 1000;
}

export function timesOf({ from, to }: Chosen, begin: number): [from: number, to: number | null] {
  const last = midnight(to);
  return [midnight(from) ?? begin, last === null ? null : daysBefore(last, -1)];
}

const FIGURES = "series=duration,errors&figures=count,p50,p95,buckets";

/** Each endpoint of that group, by its name. */
export async function readSide(service: string, chosen: Chosen, begin: number): Promise<Map<string, Side>> {
  const where = (text: string) => `&where=${encodeURIComponent(text)}`;
  const one = where(ofService(service));
  const list = chosen.version === "" ? `kind=endpoint${one}&fields=name` : `kind=version${one}${where(`version = ${JSON.stringify(chosen.version)}`)}&fields=endpoint,status`;
  const members = await readMembers(`${list}&${FIGURES}`, ...timesOf(chosen, begin));
  return new Map(members.flatMap((member) => sideOf(member)));
}

function sideOf({ series, state }: Member): [string, Side][] {
  const total = series["duration"];
  if (!total) return [];
  const status = state?.["status"];
  const side = {
    count: total.count,
    p50: total.p50,
    p95: total.p95,
    buckets: bucketsOf(total.buckets),
    failed: series["errors"]?.count ?? 0,
    status: status ? new Map(Object.entries(status as Record<string, number>)) : null,
  };
  return [[String(state?.["endpoint"] ?? state?.["name"] ?? ""), side]];
}
