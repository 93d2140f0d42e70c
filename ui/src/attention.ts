/** What needs attention, of scripts and programs: the worst first, and of what is as bad what has been so for the shortest time. */
import { isInNeed, type ScriptView } from "./scripts";
import { lookOf, rank, type Look } from "./status";

/** A program as the hub tells of it: it failed or was lost, and none of its name has gone well since. */
export interface Program {
  id: string;
  name: string;
  host: string;
  state: string;
  ended: number;
  why: string;
}

/** From the map `failing` of the topic `hub`; the newest first. */
export const programsOf = (failing: Map<string, Omit<Program, "id">>): Program[] =>
  [...failing].map(([id, one]) => ({ id, ...one })).sort((one, other) => other.ended - one.ended);

const isBad = (state: string): boolean => state === "failed" || state === "lost";

/** When the first run started that has not been followed by a good one; 0 if that is too long ago to be known. */
export function illSince({ strip }: Pick<ScriptView, "strip">): number {
  const well = strip.findLastIndex(([, state]) => !isBad(state));
  return well < 0 ? 0 : (strip[well + 1]?.[3] ?? 0);
}

export type Trouble = { look: Look; script: ScriptView; program?: never } | { look: Look; program: Program; script?: never };

/** What is bad in the same way stands together. */
export function troublesOf(scripts: readonly ScriptView[], programs: readonly Program[]): Trouble[][] {
  const ill = scripts.filter(isInNeed).sort((one, other) => illSince(other) - illSince(one) || (one.name < other.name ? -1 : 1));
  const all: Trouble[] = [...ill.map((script) => ({ look: script.rest, script })), ...programs.map((program) => ({ look: lookOf(program.state), program }))];
  const groups = new Map<string, Trouble[]>();
  for (const one of all) {
    const alike = `${one.look.word} ${one.script === undefined}`;
    groups.set(alike, [...(groups.get(alike) ?? []), one]);
  }
  const place = ([first]: Trouble[]) => (first ? rank(first.look) : 0);
  return [...groups.values()].sort((one, other) => place(one) - place(other));
}

/** So many of all groups that none hides another: in turn one of each, in the order of the groups. */
export function inSight<T>(groups: readonly (readonly T[])[], most: number): T[] {
  const turns = groups.flatMap((group, place) => group.map((_, turn) => ({ place, turn }))).sort((one, other) => one.turn - other.turn || one.place - other.place);
  const taken = turns.slice(0, most);
  return groups.flatMap((group, place) => group.slice(0, taken.filter((one) => one.place === place).length));
}
