/** Short polls, where neither a WebSocket nor an event stream can pass: every watch is asked for once a second. */
import { decode, type Interest, type Received, type Sent, type Snapshot } from "./frames";
import type { Events, Open, Transport } from "./transport";

/** Reads one address; rejects when the hub does not answer or refuses. */
export type Read = (path: string) => Promise<string>;

const PAUSE = 1000;

interface Polled {
  interest: Interest;
  epoch?: string;
  after?: number;
}

export const opensPolls =
  (read: Read, now: () => number, later: (milliseconds: number, act: () => void) => () => void): Open =>
  (events) =>
    new Polls(read, now, later, events);

class Polls implements Transport {
  readonly #watches = new Map<string, Polled>();
  #epoch = "";
  #over = false;
  #cancel: () => void = () => undefined;

  constructor(
    readonly read: Read,
    readonly now: () => number,
    readonly later: (milliseconds: number, act: () => void) => () => void,
    readonly events: Events,
  ) {
    void this.#begin();
  }

  send(frames: Sent[]): void {
    for (const frame of frames) {
      if (frame.t === "unwatch") this.#watches.delete(frame.id);
      else if (frame.t === "watch") this.#take(frame);
    }
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancel();
    this.events.closed();
  }

  #take(frame: Sent & { t: "watch" }): void {
    const { t: _, id, epoch, after, ...interest } = frame;
    if ("topics" in interest && interest.topics.length === 0) this.#tell([{ t: "reply", id }]);
    else this.#watches.set(id, { interest, ...(epoch !== undefined && after !== undefined ? { epoch, after } : {}) });
  }

  /** The hub says no hello to a poll; the snapshot of a topic that is always there has what is needed of one. */
  async #begin(): Promise<void> {
    try {
      const [frame] = decode(await this.read("/api/live/poll?topics=deck"));
      if (this.#over || frame?.t !== "snapshot") throw new Error("no snapshot");
      this.#epoch = frame.epoch;
      const name = String(frame.state["name"] ?? "");
      this.events.opened();
      this.#tell([{ t: "hello", version: 1, deck: "", name, epoch: frame.epoch, seq: frame.seq, now: this.now() * 1000 }]);
      await this.#round();
    } catch {
      this.close();
    }
  }

  async #round(): Promise<void> {
    await Promise.all([...this.#watches].map(([id, polled]) => this.#poll(id, polled)));
    if (!this.#over) this.#cancel = this.later(PAUSE, () => void this.#round().catch(() => this.close()));
  }

  async #poll(id: string, polled: Polled): Promise<void> {
    const frames = decode(await this.read(`/api/live/poll?${addressOf(polled)}`));
    if (this.#over || this.#watches.get(id) !== polled) return;
    const stranger = frames.find((frame): frame is Snapshot => frame.t === "snapshot" && frame.epoch !== this.#epoch);
    // Another life of the hub: what we have of this one is worth nothing, so begin again.
    if (stranger) {
      this.close();
      return;
    }
    for (const frame of frames) {
      if (frame.t !== "reply") continue;
      frame.id = id;
      if (frame.seq !== undefined) Object.assign(polled, { epoch: this.#epoch, after: frame.seq });
    }
    this.#tell(frames);
  }

  #tell(frames: Received[]): void {
    if (!this.#over) this.events.received(frames);
  }
}

export function addressOf({ interest, epoch, after }: Polled): string {
  const said = new URLSearchParams();
  if ("topics" in interest) said.set("topics", interest.topics.join(","));
  else if ("prefix" in interest) said.set("prefix", interest.prefix);
  else
    for (const [name, value] of Object.entries(interest.query))
      for (const one of Array.isArray(value) ? value : [value]) said.append(name, String(one));
  if (interest.window !== undefined) said.set("window", String(interest.window));
  if (epoch !== undefined && after !== undefined) {
    said.set("epoch", epoch);
    said.set("after", String(after));
  }
  return said.toString();
}
