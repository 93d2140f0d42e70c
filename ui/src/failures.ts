/** What failed lately: runs that failed alike are one entry, so that a script that fails every minute does not hide the others. */
import { runView, type RunView } from "./runs";
import type { Failure, Fields, Hook, ScriptView } from "./scripts";

export interface Kin {
  key: string;
  latest: RunView;
  /** How many are known, and when the first of them started. */
  count: number;
  first: number;
}

interface Row extends Fields {
  readonly topic: string;
}

/** The newest first; only what started after `from`. */
export function failuresOf(rows: Row[], from: number): Kin[] {
  const kin = new Map<string, Kin>();
  const runs = rows
    .map((row) => ({ run: runView(row.topic, row), type: row.get<Failure | null>("error")?.type ?? "" }))
    .sort((one, other) => (other.run.started ?? 0) - (one.run.started ?? 0));
  for (const { run, type } of runs) {
    const started = run.started ?? run.due ?? 0;
    if (started <= from) continue;
    const key = JSON.stringify([run.script, run.hook, run.state, type]);
    const known = kin.get(key);
    if (known) {
      known.count += 1;
      known.first = started;
    } else kin.set(key, { key, latest: run, count: 1, first: started });
  }
  return [...kin.values()];
}

const hookOf = (kin: Kin, script: ScriptView): Hook | undefined => script.hooks.find((hook) => hook.name === kin.latest.hook);

/** How the script that failed is now: its hook went well since, or not, or it is not on the deck any more. */
export function sinceThen(kin: Kin, script: ScriptView | undefined): "well" | "ill" | "gone" {
  if (!script?.mayRun) return script ? "ill" : "gone";
  return hookOf(kin, script)?.last_state === "done" ? "well" : "ill";
}

/** The address that finds the first good run after the latest failure. */
export function recoveryQuery(run: RunView): string {
  const query = new URLSearchParams({ kind: "run", order: "started", limit: "1" });
  for (const one of [`script = ${JSON.stringify(run.script)}`, `hook = ${JSON.stringify(run.hook)}`, "state = done", `started > ${run.started ?? 0}`])
    query.append("where", one);
  return `/api/topics?${query}`;
}
