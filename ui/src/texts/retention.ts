/** The texts of the page on retention, which load with it. */
import { bytes, counted, number } from "../format";

export interface Plan {
  runs: number;
  failures: number;
  log_files: number;
  log_bytes: number;
}

const list = (parts: string[]): string => (parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`);

export const retention = {
  tab: "Retention",
  kept: "What is kept",
  there: "What there is",
  limits: {
    runs: { label: "Runs a script", hint: "As many failures are kept besides. 0 is all." },
    days: { label: "and at most, in days", hint: "Runs and logs that are older go. 0 is for ever." },
    log_days: { label: "Logs at least, in days", hint: "Also when the runs that wrote them are gone." },
  } as Record<string, { label: string; hint: string }>,
  inFile: (name: string) => `retention.${name} is set in quarterdeck.toml, so it is changed there.`,
  notANumber: (text: string) => `“${text}” is not a whole number. Type the digits alone: 30.`,
  save: "Save",
  undo: "Undo changes",
  saved: "What is kept is changed",
  notSaved: "What is kept was not changed",
  cells: "Minutes of series are kept 7 days, hours 90 days, days for ever; events that nobody caused 30 days.",
  amounts: {
    runs: "Runs", failures: "of these failed", oldest: "Oldest run", logs: "Logs", blobs: "Blobs", series: "Cells of series", events: "Events", database: "Database",
  },
  files: (count: number, size: number) => (count === 0 ? "none" : `${bytes(size)} in ${counted(count, "file")}`),
  spans: (minute: number, hour: number, day: number) => `${number(minute)} of minutes, ${number(hour)} of hours, ${number(day)} of days`,
  measured: (when: string) => `measured ${when}`,
  clean: "Clean now",
  cleanQuestion: "Remove what is beyond the limits now?",
  cleanLoss: (plan: Plan) => `${gone(plan)} This cannot be undone.`,
  cleanVerb: "Remove",
  cleaning: "Removing",
  keepThem: "Keep them",
  notCleaned: "The cleaning did not start",
  counting: "Counting what is to go",
  progress: (done: number, of: number) => `${number(done)} of ${number(of)} runs removed`,
  nothing: "Nothing is beyond the limits.",
  byItself: "What is beyond the limits goes by itself, within the hour.",
  cleaned: (when: string, by: string | null, plan: { runs: number; log_bytes: number }) =>
    `Last cleaned ${when}${by ? ` by ${by}` : ""}: ${counted(plan.runs, "run")} and ${bytes(plan.log_bytes)} of logs went.`,
  wouldGo: (plan: Plan) => gone(plan),
};

/** "412 runs, 3 failures and 12 MB of logs would go." */
function gone(plan: Plan): string {
  const parts = [
    ...(plan.runs > 0 ? [counted(plan.runs, "run")] : []),
    ...(plan.failures > 0 ? [counted(plan.failures, "failure")] : []),
    ...(plan.log_files > 0 ? [`${bytes(plan.log_bytes)} of logs`] : []),
  ];
  return parts.length === 0 ? retention.nothing : `${list(parts)} would go.`;
}
