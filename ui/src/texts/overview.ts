/** The texts of the overview alone, which load with it. */
import { counted, number } from "../format";

export const overviewTexts = {
  lately: {
    title: "Failed lately",
    since: (when: string, failed: number, more: boolean) =>
      `Since you last looked, ${when}: ${failed === 0 ? "nothing failed" : `${more ? "at least " : ""}${number(failed)} failed`}`,
    wellAgain: "Well again",
    well: "Well again.",
    wellSince: (when: string) => `Well again since ${when}.`,
    gone: "The script is not on the deck any more.",
    often: (count: number, from: string) => `Failed like this ${number(count)} times since ${from}.`,
    openRun: (script: string, at: string) => `Open run of ${script}, ${at}`,
    more: (count: number) => `and ${counted(count, "more failure")} of other kinds`,
  },
  openJob: "Open job",
  onHost: (host: string) => `on ${host}`,
  noCauseOfJob: "The cause is not known.",
  more: (count: number, what: string) => `and ${counted(count, `more ${what}`)}`,
  kinds: { script: "script", program: "program", run: "run" },
};
