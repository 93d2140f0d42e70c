/** Arguments of runs by hand: what a hook's parameters allow, as core/parameters.py checks them. */
import { hookTexts } from "../texts/hooks";

export type Kind = "bool" | "int" | "float" | "str" | "date" | "datetime" | "time" | "choice" | "list" | "dict" | "any";

export interface Parameter {
  name: string;
  annotation: string;
  kind: Kind;
  /** It may be None. */
  optional: boolean;
  default: unknown;
  choices: (string | number | boolean)[];
}

/** A worker that is older than the hub tells less. */
export const parametersOf = (told: Partial<Parameter>[] | undefined): Parameter[] =>
  (told ?? []).map((one) => ({ name: "", annotation: "", kind: "any", optional: true, default: null, choices: [], ...one }));

const JSON_KINDS: Kind[] = ["list", "dict", "any"];

/** What stands in the field for a value. */
export function textOf(parameter: Parameter, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (parameter.kind === "choice") return String(Math.max(-1, parameter.choices.findIndex((one) => String(one) === String(value))));
  if (typeof value === "string") return parameter.kind === "any" && isJson(value) ? JSON.stringify(value) : value;
  return JSON_KINDS.includes(parameter.kind) ? JSON.stringify(value) : String(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export type Read = { value: unknown } | { error: string };

const t = hookTexts.errors;
const READS: Record<Kind, (text: string, parameter: Parameter) => Read> = {
  bool: (text) => ({ value: text === "true" }),
  int: (text) => (/^[-+]?\d+$/.test(text) ? { value: whole(text) } : { error: t.int }),
  float: (text) => (text !== "" && Number.isFinite(Number(text)) ? { value: Number(text) } : { error: t.float }),
  str: (text) => ({ value: text }),
  date: (text) => (isMoment(text, /^\d{4}-\d\d-\d\d$/) ? { value: text } : { error: t.date }),
  datetime: (text) => (isMoment(text, /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/) ? { value: text } : { error: t.datetime }),
  time: (text) => (isMoment(`2000-01-01T${text}`, /T\d\d:\d\d/) ? { value: text } : { error: t.time }),
  choice: (text, parameter) => (parameter.choices[Number(text || -1)] === undefined ? { error: t.choice } : { value: parameter.choices[Number(text)] }),
  list: (text) => parsed(text, Array.isArray, t.list),
  dict: (text) => parsed(text, (value) => typeof value === "object" && value !== null && !Array.isArray(value), t.dict),
  any: (text) => ({ value: isJson(text) ? JSON.parse(text) : text }),
};

/** What a field's text means. Where nothing is typed and None is allowed, it means that. */
export function read(parameter: Parameter, text: string): Read {
  const typed = parameter.kind === "str" ? text : text.trim();
  return typed === "" && parameter.optional ? { value: null } : READS[parameter.kind](typed, parameter);
}

/** Whole numbers that a float cannot hold go as text. */
const whole = (text: string): number | string => (Number.isSafeInteger(Number(text)) ? Number(text) : text);

const isMoment = (text: string, shape: RegExp): boolean => shape.test(text) && !Number.isNaN(Date.parse(text));

function parsed(text: string, fits: (value: unknown) => boolean, error: string): Read {
  const value: unknown = isJson(text) ? JSON.parse(text) : undefined;
  return fits(value) ? { value } : { error };
}

/** The arguments that differ from the defaults: a run says what was asked of it. */
export function given(parameters: Parameter[], values: Map<string, unknown>): Record<string, unknown> {
  const differ = parameters.filter((one) => values.has(one.name) && JSON.stringify(values.get(one.name)) !== JSON.stringify(one.default));
  return Object.fromEntries(differ.map((one) => [one.name, values.get(one.name)]));
}

/** Which field an error of the hub or of a run is about; null if about none. */
export function blamed(message: string, parameters: Parameter[]): string | null {
  const name = /(?:^|: )the argument (\S+) is /.exec(message)?.[1];
  return parameters.some((one) => one.name === name) ? (name ?? null) : null;
}
