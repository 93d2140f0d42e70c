/** The texts of long lists, which load with them. */
import { counted } from "../format";

export const lists = {
  notRead: "The next rows could not be read.",
  reading: "Reading more",
  further: "There are more rows.",
  more: "Show more",
  clear: "Clear the filter",
  states: "State",
  all: "All",
  fresh: (count: number) => (count >= 100 ? "100 or more new runs" : counted(count, "new run")),

  runs: {
    title: "Runs",
    label: "Runs, those asked for",
    find: "Find in runs",
    findHint: "Script, hook or id",
    or: " or ",
    script: "Script",
    anyScript: "Any script",
    hook: "Hook",
    anyHook: "Any hook",
    since: "Since",
    anyTime: "Any time",
    spans: { "1h": "Last hour", "24h": "Last 24 hours", "7d": "Last 7 days", "30d": "Last 30 days" } as Record<string, string>,
    columns: {
      started: "Started", script: "Script", state: "State", hook: "Hook", took: "Took", late: "Late", cause: "Cause", reason: "Says",
    },
    empty: "No runs yet",
    emptyLine: "A run is one execution of a script's hook. It appears here as soon as a schedule is due or somebody presses Run now.",
    emptyOfScript: "It runs when its schedule says so, or now.",
    noHits: "No run is like this",
    noHitsLine: (what: string[]) => `Asked for: ${what.join(", ")}. Runs also go with age.`,
    retention: "What is kept",
    asked: { state: "state", script: "script", hook: "hook", since: "since", q: "with" } as Record<string, string>,
    count: (count: number) => counted(count, "run"),
  },
};
