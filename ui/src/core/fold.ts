/**
 * The fold: what operations make of a topic's state. Twin of quarterdeck/core/fold.py; both pass spec/ops.json.
 *
 * Nothing is checked here: the hub sends only what it has accepted.
 */

import { addCells, type Cell, type Cells } from "./series";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type FieldType = ["scalar"] | ["list", number] | ["map"] | ["counters"] | ["series", number] | ["blob"];
/** What a field holds: any JSON for a scalar, null or the name and looks of a file for a blob, an array for a list, a Map for a map and for counters. */
export type Value = Json | Map<string, Json>;
export type Op =
  | ["set", string, Json, "blob"?]
  | ["put", string, { [key: string]: Json }]
  | ["add", string, { [key: string]: number }]
  | ["push", string, Json[], number?]
  | ["record", string, { [minute: string]: Cell }, number?]
  | ["drop", string?, string?];

/** The part of a snapshot frame that says what the state is; `types` names every field that is not a scalar. */
export interface Snapshot {
  state: { [field: string]: Json };
  types?: { [field: string]: FieldType };
  cells?: { [field: string]: { [minute: string]: Cell } };
}

const DEFAULT_CAP = 10_000;
const DEFAULT_QUANTUM = 0.001;

export class TopicState {
  /** Every field that has a value. Series have theirs in `cells`. */
  readonly values = new Map<string, Value>();
  /** Every field that was ever typed; a type outlives the value. */
  readonly types = new Map<string, FieldType>();
  /** By field, the cells of a series that were watched with a window. */
  readonly cells = new Map<string, Cells>();

  /** A state from a snapshot. Arrays of the snapshot become the state's own. */
  static of(snapshot: Snapshot): TopicState {
    const state = new TopicState();
    for (const [field, type] of Object.entries(snapshot.types ?? {})) state.types.set(field, type);
    for (const [field, value] of Object.entries(snapshot.state)) {
      const type = state.types.get(field)?.[0] ?? "scalar";
      if (type === "scalar") state.types.set(field, ["scalar"]);
      state.values.set(field, type === "map" || type === "counters" ? mapOf(value) : value);
    }
    for (const [field, cells] of Object.entries(snapshot.cells ?? {})) addCells(cellsOf(state, field), cells);
    return state;
  }

  /** Changes the state by accepted operations. Lists and maps change in place; the operations stay as they are. */
  apply(ops: readonly Op[]): void {
    for (const op of ops) applyOne(this, op);
  }
}

function applyOne(state: TopicState, op: Op): void {
  switch (op[0]) {
    case "set":
      return set(state, op[1], op[2], op[3] ?? "scalar");
    case "put":
      for (const [key, value] of Object.entries(op[2])) entries(state, op[1], "map").set(key, value);
      return void entries(state, op[1], "map");
    case "add":
      return add(entries(state, op[1], "counters"), op[2]);
    case "push":
      return push(state, op[1], op[2], op[3] ?? DEFAULT_CAP);
    case "record":
      if (!state.types.has(op[1])) state.types.set(op[1], ["series", op[3] ?? DEFAULT_QUANTUM]);
      return addCells(cellsOf(state, op[1]), op[2]);
    case "drop":
      return drop(state, op[1], op[2]);
  }
}

/** `made` is what a new field becomes. */
function set(state: TopicState, field: string, value: Json, made: "scalar" | "blob"): void {
  const type = state.types.get(field);
  switch (type?.[0]) {
    case "list":
      state.values.set(field, last(value as Json[], type[1] as number));
      break;
    case "map":
    case "counters":
      state.values.set(field, mapOf(value));
      break;
    case "series":
      state.cells.set(field, new Map());
      addCells(cellsOf(state, field), value as unknown as { [minute: string]: Cell });
      break;
    default:
      if (!type) state.types.set(field, [made]);
      state.values.set(field, value);
  }
}

function add(counters: Map<string, Json>, amounts: { [key: string]: number }): void {
  for (const [key, amount] of Object.entries(amounts)) counters.set(key, ((counters.get(key) as number) ?? 0) + amount);
}

function push(state: TopicState, field: string, items: Json[], cap: number): void {
  state.types.set(field, ["list", cap]);
  const list = state.values.get(field);
  if (!Array.isArray(list)) {
    state.values.set(field, last(items, cap));
    return;
  }
  for (const item of items) list.push(item);
  if (list.length > cap) list.splice(0, list.length - cap);
}

function drop(state: TopicState, field?: string, key?: string): void {
  if (field === undefined) {
    state.values.clear();
    state.types.clear();
    state.cells.clear();
  } else if (key === undefined) {
    state.values.delete(field);
    state.cells.get(field)?.clear();
  } else {
    entries(state, field, "map").delete(key);
  }
}

/** The entries of a map or of counters, which begin to exist here if they did not. */
function entries(state: TopicState, field: string, type: "map" | "counters"): Map<string, Json> {
  const have = state.values.get(field);
  if (have instanceof Map) return have;
  const made = new Map<string, Json>();
  state.types.set(field, [type]);
  state.values.set(field, made);
  return made;
}

function cellsOf(state: TopicState, field: string): Cells {
  const have = state.cells.get(field) ?? new Map<string, Cell>();
  state.cells.set(field, have);
  return have;
}

function mapOf(value: Json): Map<string, Json> {
  return new Map(Object.entries(value as { [key: string]: Json }));
}

function last(items: Json[], cap: number): Json[] {
  return items.slice(Math.max(0, items.length - cap));
}
