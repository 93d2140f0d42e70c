/** A kind as the hub declares it, and how its fields are written. */
import { bytes, DAY, duration, number, percent, value as asText } from "../format";
import type { FieldType } from "../core/fold";
import type { Cells } from "../core/series";
import { decoded } from "../router.svelte";
import type { Look } from "../status";

export type Form = "text" | "number" | "percent" | "bytes" | "time" | "duration" | "state";

export interface KindField {
  label: string;
  form: Form;
  unit: string | null;
  tones: Record<string, Look["tone"]>;
}

export interface Kind {
  name: string;
  title: string;
  pattern: string;
  names: string | null;
  about: string;
  command: string;
  columns: string[];
  fields: Record<string, KindField>;
}

const begun = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** A field that nobody declared is shown by its own name. */
export const fieldOf = (kind: Kind | null, name: string): KindField =>
  kind?.fields[name] ?? { label: begun(name.replaceAll("_", " ")), form: "text", unit: null, tones: {} };

/** Numbers stand at the end of their cell, so that their digits stand under each other. */
export const isNumber = (form: Form): boolean => form !== "text" && form !== "state" && form !== "time";

/** How wide its column is, in rem. */
export const widthOf = (form: Form): number => ({ text: 12, state: 9, time: 10, number: 8, percent: 7, bytes: 7, duration: 8 })[form];

/** The value as text; null for times and states, which are parts of the page. */
export function written(field: KindField, given: unknown): string | null {
  if (field.form === "time" || field.form === "state" || given === null || given === undefined) return null;
  if (typeof given !== "number") return asText(given);
  switch (field.form) {
    case "bytes":
      return bytes(given);
    case "percent":
      return percent(given, 1);
    case "duration":
      return duration(given);
    default:
      return field.unit === null ? number(given) : `${number(given)} ${field.unit}`;
  }
}

export const lookOfState = (field: KindField, given: unknown): Look => ({
  tone: field.tones[String(given)] ?? "waiting",
  word: begun(String(given)),
});

/** What a topic is called: by its kind's column, else by the last of its name. */
export function nameOf(kind: Kind | null, topic: string, get: (field: string) => unknown): string {
  const said = kind?.names ? get(kind.names) : undefined;
  return typeof said === "string" && said !== "" ? said : decoded(topic.split("/").at(-1) ?? topic);
}

/** The fields that a kind declares in their order, others behind them by name, each sort of field by itself. */
export function sorted(kind: Kind | null, types: Iterable<readonly [string, FieldType]>): Record<FieldType[0], string[]> {
  const found: Record<FieldType[0], string[]> = { scalar: [], list: [], map: [], counters: [], series: [], blob: [] };
  const order = Object.keys(kind?.fields ?? {});
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const all = [...types].sort(([one], [other]) => place(one) - place(other) || (one < other ? -1 : 1));
  for (const [name, [type]] of all) found[type].push(name);
  return found;
}

export type Step = [at: string, mean: number, least: number, greatest: number];

/** Points of a chart from the cells of the last hour, the oldest first. */
export function stepsOf(cells: Cells | undefined, quantum: number): Step[] {
  const minutes = [...(cells ?? [])].sort(([one], [other]) => Number(one) - Number(other));
  return minutes.map(([minute, [count, sum, least, greatest]]) => [
    new Date(Number(minute) * 60_000).toISOString(),
    (Number(sum) / Number(count)) * quantum,
    Number(least) * quantum,
    Number(greatest) * quantum,
  ]);
}

/** How far back a chart goes, in microseconds; the hour comes live and is not asked for. */
export const RANGES = { hour: 0, day: DAY, week: 7 * DAY, quarter: 90 * DAY };
export type Range = keyof typeof RANGES;
