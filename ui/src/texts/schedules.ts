/** The texts of the page about schedules, which load with it. */
import { counted, distance, duration, number } from "../format";

export const scheduleTexts = {
  title: "Schedules",
  span: "How far ahead",
  spans: { hour: "Next hour", day: "Next day", week: "Next week" },
  hooks: (count: number) => `${counted(count, "hook")} with a schedule`,
  filter: "Filter by script or hook",
  zoneOther: (mine: string, deck: string) => `Times are yours (${mine}). The deck's schedules go by ${deck}, unless a hook names a zone of its own.`,
  zoneSame: (mine: string) => `Times and the deck's schedules are in ${mine}.`,
  none: "Nothing on this deck has a schedule",
  noneLine: "A hook with @hooks.schedule(run_every=...), at= or cron= runs by itself. Its next times show here.",
  noHits: (hidden: number) => `The filter hides all ${counted(hidden, "hook")}.`,
  clear: "Clear the filter",

  timeline: "Time line",
  legend: { next: "planned", waits: "waits for another hook", overlap: "skipped, the run before goes on", skipped: "skipped by a calendar", retry: "another try" },
  lane: (when: string, count: number, more: boolean) => `${when}: ${more ? "more than " : ""}${counted(count, "run")} planned`,
  pausedLane: (when: string) => `${when}: paused`,
  now: "now",
  clockChange: (from: string, to: string) => `Clocks change here, ${from} to ${to}.`,
  lately: (words: string) => `Lately: ${words}`,

  list: "What comes",
  columns: { at: "At", in: "In", what: "What", usual: "Takes", note: "Note" },
  often: (names: string[], more: number) => `Too often to be listed: ${names.join(", ")}${more > 0 ? ` and ${number(more)} more` : ""}.`,
  rest: (count: number) => `and ${counted(count, "more run")} in this time`,
  nothing: "Nothing is planned in this time.",
  waits: (by: number, hook: string) => `may wait about ${duration(by)} for ${hook}`,
  overlap: "may be skipped: the run before takes about until then",
  skipped: (calendar: string) => `not run: ${calendar}`,
  retry: (attempt: number) => `attempt ${number(attempt)}, after a failure`,
  unknown: "unknown",

  off: "Where schedules were off",
  offColumns: { hook: "Hook", what: "What happened", when: "Last", count: "Times" },
  late: (late: number) => `started ${distance(late)} late`,
  skippedTimes: (times: number, reason: string) => (times === 1 ? `skipped: ${reason}` : `skipped ${number(times)} times in a row: ${reason}`),
  unusual: (kind: string, took: number, usual: number) => `took ${duration(took)}, ${kind === "long" ? "longer" : "shorter"} than the usual ${duration(usual)}`,
  openRun: "Open run",
};
