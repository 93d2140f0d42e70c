// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TopicState, type FieldType, type Json, type Op, type Snapshot } from "./fold";

interface Written {
  values: { [field: string]: Json };
  types: { [field: string]: FieldType };
  cells: NonNullable<Snapshot["cells"]>;
}

interface Vector {
  name?: string;
  start: Written;
  events: Op[][];
  accepted: boolean[];
  merged: Op[];
  want: Written;
}

// Another file of vectors can be given: fresh random ones, to compare the two languages on.
const PATH = process.env["QUARTERDECK_VECTORS"] ?? new URL("../../../spec/ops.json", import.meta.url);
const VECTORS = JSON.parse(readFileSync(PATH, "utf8")) as Vector[];

function load(written: Written): TopicState {
  return TopicState.of({ ...structuredClone(written), state: structuredClone(written.values) });
}

/** As plain Maps of JSON, whose order says nothing. */
function comparable(state: TopicState): unknown {
  return { values: state.values, types: state.types, cells: state.cells };
}

describe("the fold passes the vectors", () => {
  it.each(VECTORS.map((vector, number) => [vector.name ?? `random ${number}`, vector] as const))("%s", (_, vector) => {
    const want = comparable(load(vector.want));
    const [singly, merged] = [load(vector.start), load(vector.start)];
    const sent = structuredClone(vector.events);
    vector.events.forEach((event, number) => vector.accepted[number] && singly.apply(event));
    expect(comparable(singly)).toEqual(want);
    merged.apply(vector.merged);
    expect(comparable(merged)).toEqual(want);
    expect(vector.events).toEqual(sent);
  });
});

describe("the fold", () => {
  it("keeps keys that are magic to objects as mere keys", () => {
    const state = new TopicState();
    state.apply(JSON.parse('[["put","m",{"__proto__":1}],["add","c",{"constructor":2}],["set","__proto__",{"a":1}]]') as Op[]);
    expect(state.values.get("m")).toEqual(new Map([["__proto__", 1]]));
    expect(state.values.get("c")).toEqual(new Map([["constructor", 2]]));
    expect(state.values.get("__proto__")).toEqual({ a: 1 });
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  it("does not overflow on a long push", () => {
    const state = new TopicState();
    state.apply([["push", "l", [0], 5], ["push", "l", Array.from({ length: 300_000 }, (_, i) => i), 300_000]]);
    expect((state.values.get("l") as Json[]).length).toBe(300_000);
  });
});
