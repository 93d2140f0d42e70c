/** What is to be said of a planned run, in words; empty if nothing is. */
import { scheduleTexts } from "../texts/schedules";
import type { Fire } from "./ahead";

const t = scheduleTexts;

export function noteOf(fire: Fire): string {
  if (fire.kind === "waits") return t.waits(fire.by, fire.because);
  if (fire.kind === "overlap") return t.overlap;
  if (fire.kind === "skipped") return t.skipped(fire.because);
  return fire.kind === "retry" ? t.retry(fire.by) : "";
}
