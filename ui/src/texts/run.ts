/** The texts of one run's page and of comparing two, which load with them. */
import { counted, distance, duration, number } from "../format";

const nth = (count: number, all: number) => `${number(count)} of ${number(all)}`;

export const runTexts = {
  ended: "Why it ended",
  otherArguments: "With other arguments",
  notes: {
    title: "What to know about this run",
    behindHook: (hook: string) => `It waits until ${hook} has ended: one hook of a script runs at a time.`,
    forWorker: (why: string) => `It waits until the script's worker is ready${why ? `: ${why}` : ""}.`,
    timeLeft: (limit: number, left: number) => `It is ended after ${duration(limit)}, in ${distance(Math.max(0, left))}.`,
    again: (when: string, attempt: number, all: number) => `It is tried again ${when}, as attempt ${nth(attempt, all)}.`,
    lastAttempt: (all: number) => `That was the last of ${counted(all, "attempt")}.`,
    attempt: (attempt: number, all: number) => `Attempt ${nth(attempt, all)}.`,
    late: (late: number) => `It started ${distance(late)} late.`,
    missed: (times: number) => `It stands for ${counted(times, "earlier planned time")} that passed without a run.`,
    unusual: (kind: string, took: number, usual: number) => `It took unusually ${kind === "short" ? "little time" : "long"}: ${duration(took)}, where ${duration(usual)} is usual.`,
    changed: "The script's files have changed since.",
    wellAgain: "The hook went well again since",
    paused: "The schedule of its hook is paused, so it does not run again by itself.",
    next: (when: string) => `The hook runs next ${when}.`,
  },
  firstRun: "First run",
  compareLast: "Compare",
  lastGood: "Last good run",
  noGood: "No good run of this hook is known from before.",
  wellSince: "Well again since",
  changedCode: "The lines are as they were when it ran; the files have changed since.",
  toSource: (file: string) => `Open ${file}`,

  attempts: {
    title: "Attempts",
    columns: { started: "Started", attempt: "Attempt", state: "State", took: "Took" },
    number: (attempt: number) => `Attempt ${number(attempt)}`,
  },

  history: {
    title: "How long it takes",
    ofHook: (runs: number, hook: string) => `${counted(runs, "run")} of ${hook}`,
    none: "No other run of this hook is known yet.",
    spread: (count: number, median: number, low: number, high: number) =>
      count === 1 ? `The only good run took ${duration(median)}.` : count < 5 ? `${duration(median)} in the middle of ${counted(count, "good run")}.` : `${duration(median)} in the middle of ${counted(count, "good run")}; eight of ten took ${duration(low)} to ${duration(high)}.`,
    noSpread: "No good run yet, so nothing to measure by.",
    times: (factor: string) => `This run took ${factor} times as long as the one in the middle.`,
    bar: (state: string, at: string, took: string) => `${at}: ${state.toLowerCase()}, ${took}`,
    sentence: (runs: number, median: string) => `Durations of ${counted(runs, "run")}, oldest left; the line is the median, ${median}`,
    median: "median",
    band: "eight of ten good runs",
    here: "this run",
    log: "logarithmic",
    compareHint: "Choose a bar to compare this run with that one.",
  },

  compare: {
    title: (script: string) => `Two runs of ${script}`,
    titleOf: (one: string, other: string) => `Runs of ${one} and ${other}`,
    crumb: "Compared",
    what: "What",
    same: "the same",
    onlyDifferent: "Only what differs",
    missing: (id: string) => `There is no run ${id} any more.`,
    swap: "Swap sides",
    labels: {
      state: "State", reason: "Why", error: "Error", hook: "Hook", cause: "Cause", due: "Planned for", started: "Started", took: "Took", late: "Started late",
      attempt: "Attempt", version: "Files", pid: "Worker", log: "Log lines",
    },
    argument: (name: string) => `Argument ${name}`,
    byDefault: "default",
    longer: (by: string, factor: string) => `${by} longer, ${factor} times`,
    shorter: (by: string, factor: string) => `${by} shorter, ${factor} times`,
    sameFiles: "the same files",
    otherFiles: "other files",
    logs: "Newest log lines",
    onlyHere: "only here",
    noLog: "It has written nothing.",
  },
};
