/** Short polls, where neither a WebSocket nor an event stream can pass: once a second one request asks for every watch. */
import { decode, encode, type Received, type Sent, type Snapshot } from "./frames";
import type { Events, Open, Transport } from "./transport";

/** Posts frames to an address; what is answered. Rejects when the hub does not answer or refuses. */
export type Ask = (path: string, message: string) => Promise<string>;
type Watch = Sent & { t: "watch" };

const ADDRESS = "/api/live/poll";
const PAUSE = 1000;
const GREETING = "hello";

export const opensPolls =
  (ask: Ask, now: () => number, later: (milliseconds: number, act: () => void) => () => void): Open =>
  (events) =>
    new Polls(ask, now, later, events);

class Polls implements Transport {
  readonly #watches = new Map<string, Watch>();
  #epoch = "";
  #over = false;
  #cancel: () => void = () => undefined;

  constructor(
    readonly ask: Ask,
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

  #take(frame: Watch): void {
    if ("topics" in frame && frame.topics.length === 0) this.#tell([{ t: "reply", id: frame.id }]);
    else this.#watches.set(frame.id, frame);
  }

  /** The hub says no hello to a poll; the snapshot of a topic that is always there has what is needed of one. */
  async #begin(): Promise<void> {
    try {
      const [frame] = decode(await this.ask(ADDRESS, encode([{ t: "watch", id: GREETING, topics: ["deck"] }])));
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
    const asked = [...this.#watches.values()];
    if (asked.length > 0) this.#hear(new Set(asked), decode(await this.ask(ADDRESS, encode(asked))));
    if (!this.#over) this.#cancel = this.later(PAUSE, () => void this.#round().catch(() => this.close()));
  }

  /** What each watch was told ends with its reply; meanwhile it may have been given up, or begun anew. */
  #hear(asked: Set<Watch>, frames: Received[]): void {
    const stranger = frames.find((frame): frame is Snapshot => frame.t === "snapshot" && frame.epoch !== this.#epoch);
    // Another life of the hub: what we have of this one is worth nothing, so begin again.
    if (stranger) {
      this.close();
      return;
    }
    let told: Received[] = [];
    for (const frame of frames) {
      told.push(frame);
      if (frame.t !== "reply") continue;
      const watch = this.#watches.get(frame.id ?? "");
      if (watch && asked.has(watch)) {
        if (frame.seq !== undefined) Object.assign(watch, { epoch: this.#epoch, after: frame.seq });
        this.#tell(told);
        if (frame.error) this.#watches.delete(watch.id);
      }
      told = [];
    }
  }

  #tell(frames: Received[]): void {
    if (!this.#over) this.events.received(frames);
  }
}
