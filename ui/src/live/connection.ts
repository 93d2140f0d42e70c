/** Keeps one connection to the hub: opens it, notices its loss, tries again with growing pauses, goes down to the next
 * transport where one cannot pass, and up again when it can. What is said over it is the client's business. */
import type { Hello, Received, Sent } from "./frames";
import type { Open, Transport } from "./transport";

/** The outside world, so that tests need neither time nor network. */
export interface World {
  now(): number;
  later(milliseconds: number, act: () => void): () => void;
  random(): number;
  /** Whether the hub answers plain requests: then only this way of listening is blocked. */
  reachable(): Promise<boolean>;
}

export interface Talk {
  hello(frame: Hello): void;
  received(frames: Received[]): void;
  lost(): void;
}

const PAUSES = [250, 500, 1000, 2000, 4000, 8000, 10_000];
const QUIET = 20_000;
const ANSWER = 5000;
/** So often in a row a transport may fail while the hub answers before the next one is tried. Once is no proof: the hub may
 * have come back in between. */
const PATIENCE = 2;
/** So long a worse transport is used before a better one is tried beside it. */
const CLIMB = 120_000;

/** One try of one transport. */
interface Try {
  readonly which: number;
  transport: Transport | null;
}

export class Connection {
  /** Since when there is none, by the world's clock; null while there is one. */
  lostAt: number | null;
  retryAt: number | null = null;
  #current: Try | null = null;
  #better: Try | null = null;
  #which = 0;
  #tested = 0;
  #blocked = 0;
  #tries = 0;
  #greeted = false;
  #cancelRetry: () => void = () => undefined;
  #cancelWatchman: () => void = () => undefined;
  #cancelClimb: () => void = () => undefined;
  #stopped = false;

  constructor(
    readonly transports: Open[],
    readonly world: World,
    readonly talk: Talk,
  ) {
    this.lostAt = world.now();
  }

  get isOpen(): boolean {
    return this.#greeted;
  }

  start(): void {
    this.#stopped = false;
    if (!this.#current) this.#open();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRetry();
    this.#cancelWatchman();
    this.#current?.transport?.close();
  }

  /** Does not wait for the pause to end. */
  retryNow(): void {
    if (this.#current || this.#stopped) return;
    this.#cancelRetry();
    this.#open();
  }

  send(frames: Sent[]): void {
    if (this.#greeted && frames.length > 0) this.#current?.transport?.send(frames);
  }

  #open(): void {
    this.retryAt = null;
    this.#watchman(ANSWER * 2);
    this.#current = { which: this.#which, transport: null };
    this.#begin(this.#current);
  }

  #begin(one: Try): void {
    const open = this.transports[one.which] as Open;
    one.transport = open({
      opened: () => one.transport?.send([{ t: "hello", version: 1, features: [] }]),
      received: (frames) => this.#received(one, frames),
      closed: () => this.#closed(one),
    });
  }

  /** What was blocked may pass by now: it is tried beside what is used, and used once the hub has said hello over it. */
  #climb(): void {
    this.#cancelClimb();
    if (this.#which === 0) return;
    this.#cancelClimb = this.world.later(CLIMB, () => {
      this.#better?.transport?.close();
      this.#better = { which: this.#tested++ % this.#which, transport: null };
      this.#begin(this.#better);
      this.#climb();
    });
  }

  #received(one: Try, frames: Received[]): void {
    if (one === this.#better && frames.some((frame) => frame.t === "hello")) this.#change(one);
    if (one !== this.#current) return;
    for (const frame of frames) if (frame.t === "hello") this.#hello(frame);
    this.#watchman(QUIET);
    const rest = frames.filter((frame) => frame.t !== "hello");
    if (rest.length > 0) this.talk.received(rest);
  }

  #change(better: Try): void {
    const worse = this.#current;
    this.#better = null;
    this.#current = better;
    this.#which = better.which;
    worse?.transport?.close();
  }

  #hello(frame: Hello): void {
    this.#greeted = true;
    this.#tries = 0;
    this.#blocked = 0;
    this.lostAt = null;
    this.#climb();
    this.talk.hello(frame);
  }

  /** A connection can die without a sign. After a quiet while the hub is asked, and no answer is an end. */
  #watchman(milliseconds: number): void {
    this.#cancelWatchman();
    this.#cancelWatchman = this.world.later(milliseconds, () => {
      if (!this.#greeted || milliseconds !== QUIET) {
        this.#current?.transport?.close();
        return;
      }
      this.#current?.transport?.send([{ t: "watch", id: "still-there", topics: [] }]);
      this.#watchman(ANSWER);
    });
  }

  #closed(one: Try): void {
    if (one === this.#better) this.#better = null;
    if (one !== this.#current) return;
    this.#current = null;
    this.#cancelWatchman();
    this.#cancelClimb();
    this.#better?.transport?.close();
    if (this.#greeted) this.talk.lost();
    else void this.#judge();
    this.lostAt ??= this.world.now();
    this.#greeted = false;
    if (this.#stopped) return;
    const pause = PAUSES[Math.min(this.#tries, PAUSES.length - 1)] as number;
    this.#tries += 1;
    const wait = pause * (0.8 + 0.4 * this.world.random());
    this.retryAt = this.world.now() + wait;
    this.#cancelRetry = this.world.later(wait, () => this.#open());
  }

  /** The connection failed without a word: is this way blocked, or is the hub away? */
  async #judge(): Promise<void> {
    this.#blocked = (await this.world.reachable()) ? this.#blocked + 1 : 0;
    if (this.#blocked < PATIENCE) return;
    this.#blocked = 0;
    this.#which = (this.#which + 1) % this.transports.length;
    // Round again is no hurry.
    if (this.#which === 0) return;
    this.#tries = 0;
    this.retryNow();
  }
}
