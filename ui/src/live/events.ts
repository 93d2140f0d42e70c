/** Server-sent events, where a WebSocket cannot pass: the hub speaks by events, and is spoken to by posts. */
import { decode, encode, type Sent } from "./frames";
import type { Events, Open, Transport } from "./transport";

/** What is used of an EventSource. */
export type Source = Pick<EventSource, "onopen" | "onmessage" | "onerror" | "close">;

/** Posts a message to an address; rejects when the hub does not answer or refuses. */
export type Say = (path: string, message: string) => Promise<unknown>;

/** `name` gives an id that nobody else uses. */
export const opensEvents =
  (listen: (path: string) => Source, say: Say, name: () => string): Open =>
  (events) =>
    new EventStream(listen, say, `/api/live/events?connection=${name()}`, events);

class EventStream implements Transport {
  readonly #source: Source;
  /** Posts go one after the other: the hub reads them as they come. */
  #said: Promise<unknown> = Promise.resolve();
  #over = false;

  constructor(
    listen: (path: string) => Source,
    readonly say: Say,
    readonly path: string,
    readonly events: Events,
  ) {
    this.#source = listen(path);
    this.#source.onopen = () => events.opened();
    this.#source.onmessage = (message) => events.received(decode(message.data as string));
    // It would come back by itself, as another connection: that is the ladder's to decide.
    this.#source.onerror = () => this.close();
  }

  send(frames: Sent[]): void {
    const message = encode(frames);
    this.#said = this.#said.then(() => (this.#over ? undefined : this.say(this.path, message))).catch(() => this.close());
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#source.close();
    this.events.closed();
  }
}
