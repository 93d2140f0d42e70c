/** The states of all topics that this page watches, folded from snapshots and patches. */
import { TopicState, type Op } from "../core/fold";
import type { Patch, Snapshot } from "./frames";

export class Entry {
  state: TopicState;
  kind: string | null = null;
  /** The hub has no such topic (yet, or any more). */
  missing = true;
  /** The hub has told what it is; before that nothing is known. */
  known = false;
  seq = -1;
  epoch = "";
  /** Counts the changes, so that views know what to draw anew. */
  version = 0;

  constructor(readonly topic: string) {
    this.state = new TopicState();
  }

  get<T = unknown>(field: string): T | undefined {
    return this.state.values.get(field) as T | undefined;
  }
}

export class Board {
  readonly entries = new Map<string, Entry>();
  epoch = "";

  entry(topic: string): Entry {
    let found = this.entries.get(topic);
    if (!found) this.entries.set(topic, (found = new Entry(topic)));
    return found;
  }

  snapshot(frame: Snapshot): Entry {
    const entry = this.entry(frame.topic);
    entry.state = TopicState.of(frame as Parameters<typeof TopicState.of>[0]);
    entry.kind = frame.kind;
    entry.missing = frame.missing ?? false;
    this.#seen(entry, frame.seq);
    return entry;
  }

  /** Null if this entry has had the change already: two watches may cover one topic, and a resume may repeat. */
  patch(frame: Patch): Entry | null {
    const entry = this.entry(frame.topic);
    if (entry.known && entry.epoch === this.epoch && frame.seq <= entry.seq) return null;
    entry.state.apply(frame.ops as Op[]);
    entry.missing = entry.state.values.size === 0 && entry.state.types.size === 0;
    this.#seen(entry, frame.seq);
    return entry;
  }

  /** A new life of the hub knows only what it has sent: the rest of these topics is gone. */
  forgetOlder(covers: (topic: string) => boolean): void {
    for (const entry of this.entries.values()) {
      if (entry.epoch === this.epoch || !covers(entry.topic)) continue;
      entry.state = new TopicState();
      entry.missing = true;
      this.#seen(entry, entry.seq);
    }
  }

  /** The next answer says anew what of these exists: what it does not name is gone. */
  doubt(covers: (topic: string) => boolean): void {
    for (const entry of this.entries.values()) if (covers(entry.topic)) entry.epoch = "";
  }

  /** Drops what nobody watches any more. */
  sweep(isCovered: (topic: string) => boolean): void {
    for (const topic of this.entries.keys()) if (!isCovered(topic)) this.entries.delete(topic);
  }

  #seen(entry: Entry, seq: number): void {
    entry.known = true;
    entry.seq = seq;
    entry.epoch = this.epoch;
    entry.version += 1;
  }
}
