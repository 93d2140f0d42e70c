/** What the palette offers, in groups: places to go to and things to do. */
import type { Trouble } from "../attention";
import { at } from "../base";
import { relative } from "../format";
import { encoded, hookPath, jobPath, kindPath, runPath, type SettingsTab } from "../router.svelte";
import type { RunView } from "../runs";
import type { ScriptView } from "../scripts";
import { lookOf } from "../status";
import { texts } from "../texts";
import { settingsTexts } from "../texts/settings";
import { palette as t } from "../texts/palette";
import { fit } from "./fuzzy";

export interface Entry {
  id: string;
  group: string;
  icon: string;
  text: string;
  hint: string;
  /** Where it leads; an entry without one does something. */
  path?: string;
  act?: () => unknown;
  /** Which letters of its text were typed. */
  at: number[];
}

type Made = Omit<Entry, "group" | "at">;
export interface Group {
  name: string;
  entries: Entry[];
}

const MOST = 7;

export function pagesOf(kinds: { name: string; title: string }[]): Made[] {
  const settings = Object.entries(settingsTexts.tabs) as [SettingsTab, string][];
  const page = (path: string, icon: string, text: string): Made => ({ id: `page ${path}`, icon, text, hint: t.page, path });
  return [
    page(at("/"), "overview", texts.nav.overview),
    page(at("/scripts"), "script", texts.nav.scripts),
    page(at("/schedules"), "clock", texts.nav.schedules),
    page(at("/runs"), "run", texts.nav.runs),
    page(at("/runs?state=failed"), "failed", `${texts.nav.runs}, ${lookOf("failed").word.toLowerCase()}`),
    page(at("/services"), "service", texts.nav.services),
    page(at("/jobs"), "job", texts.nav.jobs),
    ...kinds.map((kind) => page(kindPath(kind.name), "dataset", kind.title)),
    ...settings.map(([tab, text]) => page(at(tab === "tokens" ? "/settings" : `/settings/${tab}`), "settings", `${texts.nav.settings}, ${text}`)),
  ];
}

export const scriptEntry = (script: ScriptView): Made => ({
  id: `script ${script.segment}`, icon: "script", text: script.name, hint: t.script(script.look.word), path: script.path,
});

export const troubleEntry = ({ look, script, program }: Trouble): Made =>
  script ? scriptEntry(script) : { id: `job ${program.id}`, icon: "job", text: program.name, hint: t.program(look.word), path: jobPath(program.id) };

export const hookEntries = (script: ScriptView): Made[] =>
  script.hooks.map((hook) => ({
    id: `hook ${script.segment} ${hook.name}`, icon: "code", text: t.runTitle(script.name, hook.name), hint: t.hook, path: hookPath(script.segment, hook.name),
  }));

export const runEntry = (run: RunView, now: number): Made => ({
  id: `run ${run.id}`,
  icon: "run",
  text: t.runTitle(run.script, run.hook),
  hint: t.run(lookOf(run.state).word, run.started === null ? texts.notYet : relative(run.started, now)),
  path: runPath(run.id),
});

/** The word by which the hub looks for a script: in "run prices now" the longest is its name. */
export const wordOf = (typed: string): string => typed.split(/\s+/).reduce((longest, word) => (word.length > longest.length ? word : longest), "");

/** What an admin may do with a script. */
export function scriptActs(script: ScriptView, acts: { run: (script: ScriptView) => unknown; pause: (script: ScriptView, pause: boolean) => unknown }): Made[] {
  const name = script.name;
  const run: Made[] = script.mayRun ? [{ id: `run now ${script.segment}`, icon: "play", text: t.runNow(name), hint: "", act: () => acts.run(script) }] : [];
  const rests = script.paused === "all";
  return [
    ...run,
    { id: `pause ${encoded(name)}`, icon: rests ? "play" : "pause", text: rests ? t.resume(name) : t.pause(name), hint: "", act: () => acts.pause(script, !rests) },
  ];
}

/** The best of what fits, as one group; null if nothing does. */
export function groupOf(name: string, made: Made[], typed: string, most = MOST): Group | null {
  const found = made.flatMap((entry) => {
    const fits = fit(entry.text, typed);
    return fits ? [{ ...fits, entry: { ...entry, group: name, at: fits.at } }] : [];
  });
  // Letters are scattered in nearly every text: where some have them in one piece, these are meant.
  const exact = found.some((one) => one.whole) ? found.filter((one) => one.whole) : found;
  const best = exact.sort((one, other) => other.score - one.score).slice(0, most);
  return best.length === 0 ? null : { name, entries: best.map((one) => one.entry) };
}

/** These as they are: the hub has found them, or they come first in any case. */
export const groupAsIs = (name: string, made: Made[]): Group | null =>
  made.length === 0 ? null : { name, entries: made.map((entry) => ({ ...entry, group: name, at: [] })) };
