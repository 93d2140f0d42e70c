/** Two runs beside each other: what is the same, and what is not. */
import { absolute, distance, duration } from "../format";
import { causeOf, runView } from "../runs";
import type { Fields } from "../scripts";
import { lookOf } from "../status";
import { texts } from "../texts";
import { runTexts } from "../texts/run";
import { factorOf } from "./history";

export interface Line {
  label: string;
  one: string;
  other: string;
  same: boolean;
  /** In words, where figures differ. */
  note: string;
  code: boolean;
}

const t = runTexts.compare;

/** `fields` of the runs with these topics; the notes say how the first differs from the second. */
export function linesOf(topics: [string, string], fields: [Fields, Fields]): Line[] {
  const [one, other] = [0, 1].map((i) => valuesOf(topics[i as 0 | 1], fields[i as 0 | 1])) as [Map<string, string>, Map<string, string>];
  const [a, b] = fields;
  const lines: Line[] = [...LABELS].map(([key, label]) => line(label, one.get(key) ?? texts.none, other.get(key) ?? texts.none));
  const took = lines.find((each) => each.label === t.labels.took);
  if (took) took.note = difference(a.get<number>("duration"), b.get<number>("duration"));
  const files = lines.find((each) => each.label === t.labels.version);
  if (files) files.note = files.same ? t.sameFiles : t.otherFiles;
  return [...lines, ...argumentsOf(a, b)];
}

const LABELS = Object.entries(t.labels);

const line = (label: string, one: string, other: string, code = false): Line => ({ label, one, other, same: one === other, note: "", code });

function valuesOf(topic: string, fields: Fields): Map<string, string> {
  const run = runView(topic, fields);
  const time = (at: number | null) => (at === null ? texts.notYet : absolute(at));
  const pid = fields.get<number>("pid");
  return new Map([
    ["state", lookOf(run.state).word],
    ["reason", fields.get<string>("reason") ?? texts.none],
    ["error", fields.get("error") ? run.says : texts.none],
    ["hook", run.hook],
    ["cause", causeOf(run)],
    ["due", time(run.due)],
    ["started", time(run.started)],
    ["took", run.duration === null ? texts.notYet : duration(run.duration)],
    ["late", run.late === null || run.late < 1e6 ? texts.none : distance(run.late)],
    ["attempt", String(fields.get<number>("attempt") ?? 1)],
    ["version", fields.get<string>("version")?.slice(0, 8) ?? texts.unknown],
    ["pid", pid ? texts.run.pid(pid, fields.get<string>("host") ?? "") : texts.none],
    ["log", String(fields.get<number>("log_lines") ?? 0)],
  ]);
}

function difference(one: number | undefined, other: number | undefined): string {
  const factor = factorOf(one ?? 0, other ?? 0);
  if (factor === null || one === undefined || other === undefined) return "";
  return one > other ? t.longer(duration(one - other), factor) : t.shorter(duration(other - one), factor);
}

function argumentsOf(one: Fields, other: Fields): Line[] {
  const [a, b] = [one.get<Record<string, unknown> | null>("args") ?? {}, other.get<Record<string, unknown> | null>("args") ?? {}];
  const said = (args: Record<string, unknown>, name: string) => (Object.hasOwn(args, name) ? JSON.stringify(args[name]) : t.byDefault);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().map((name) => line(t.argument(name), said(a, name), said(b, name), true));
}
