/** The page's one live client: everything that watches goes through it. Watches are counted, equal ones are shared;
 * changes are folded at once and told once a frame. */
import { Board, type Entry } from "./board";
import { Connection, type World } from "./connection";
import type { Hello, Interest, Patch, Received, Reply, Sent, Snapshot } from "./frames";
import type { Open } from "./transport";
import { Watch } from "./watch";

export interface ClientWorld extends World {
  /** Calls back before the next frame is drawn; never while the page is hidden. */
  frame(act: () => void): void;
}

export interface Held {
  readonly watch: Watch;
  release(): void;
}

/** A watch outlives its last holder for this long, so that a change of page does not end what the next one wants. */
const LINGER = 1000;

export class LiveClient {
  readonly board = new Board();
  readonly connection: Connection;
  readonly #watches = new Map<string, Watch>();
  readonly #byId = new Map<string, Watch>();
  readonly #dirty = new Set<Watch>();
  #framed = false;
  #ids = 0;
  #seq = 0;
  /** The hub's clock less this machine's, in microseconds. */
  clockOffset = 0;
  hub: Hello | null = null;
  /** Changes since the connection came back. */
  caughtUp = 0;
  /** When the hub last said anything, by the world's clock. */
  heardAt = 0;
  readonly #awaited = new Set<string>();

  constructor(
    transports: Open[],
    readonly world: ClientWorld,
    readonly stateChanged: () => void,
  ) {
    this.connection = new Connection(transports, world, {
      hello: (frame) => this.#hello(frame),
      received: (frames) => this.#received(frames),
      lost: () => stateChanged(),
    });
  }

  /** Live, and everything that is watched has been caught up. */
  get isCurrent(): boolean {
    return this.connection.isOpen && this.#awaited.size === 0;
  }

  /** `listener` hears of changes once a frame, or `atOnce`, which also a page does that is not seen. */
  hold(interest: Interest, listener: () => void, { atOnce = false } = {}): Held {
    const key = JSON.stringify(interest);
    let watch = this.#watches.get(key);
    if (!watch) {
      watch = new Watch(`w${++this.#ids}`, interest, this.board);
      this.#watches.set(key, watch);
      this.#byId.set(watch.id, watch);
      this.connection.send([this.#ask(watch)]);
    }
    const held = watch;
    held.holders += 1;
    const listeners = atOnce ? held.eager : held.listeners;
    listeners.add(listener);
    let over = false;
    return {
      watch: held,
      release: () => {
        if (over) return;
        over = true;
        listeners.delete(listener);
        held.holders -= 1;
        this.world.later(LINGER, () => this.#let(key, held));
      },
    };
  }

  #let(key: string, watch: Watch): void {
    if (watch.holders > 0 || this.#watches.get(key) !== watch) return;
    this.#watches.delete(key);
    this.#byId.delete(watch.id);
    this.#awaited.delete(watch.id);
    this.connection.send([{ t: "unwatch", id: watch.id }]);
    // What a query's answer names is not known before it: until then nothing is thrown away.
    if (this.#awaited.size === 0) this.board.sweep((topic) => this.#covering(topic).length > 0);
  }

  #ask(watch: Watch): Sent {
    this.#awaited.add(watch.id);
    watch.resumed = watch.loaded && this.board.epoch !== "";
    const frame: Sent = { t: "watch", id: watch.id, ...watch.interest };
    return watch.resumed ? { ...frame, epoch: this.board.epoch, after: this.#seq } : frame;
  }

  #hello(frame: Hello): void {
    this.hub = frame;
    this.clockOffset = frame.now - this.world.now() * 1000;
    this.caughtUp = 0;
    // What was never answered may have missed what its neighbours saw: it begins anew.
    for (const id of this.#awaited) Object.assign(this.#byId.get(id) ?? {}, { loaded: false });
    this.#awaited.clear();
    const asked = [...this.#watches.values()].map((watch) => this.#ask(watch));
    this.board.epoch = frame.epoch;
    this.connection.send(asked);
    this.stateChanged();
  }

  #received(frames: Received[]): void {
    this.heardAt = this.world.now();
    const wasCurrent = this.isCurrent;
    for (const frame of frames) {
      if (frame.t === "snapshot") this.#changed(frame, this.board.snapshot(frame));
      else if (frame.t === "patch") this.#changed(frame, this.board.patch(frame));
      else if (frame.t === "reply") this.#reply(frame);
    }
    if (wasCurrent !== this.isCurrent) this.stateChanged();
  }

  #changed(frame: Snapshot | Patch, entry: Entry | null): void {
    this.#seq = Math.max(this.#seq, frame.seq);
    if (!entry) return;
    this.caughtUp += 1;
    for (const watch of this.#covering(entry.topic)) this.#tellSoon(watch);
  }

  #reply(frame: Reply): void {
    const watch = this.#byId.get(frame.id ?? "");
    if (!watch) return;
    const expected = this.#awaited.delete(watch.id);
    if (frame.fresh && (watch.resumed || !expected)) {
      this.#askAnew(watch);
      return;
    }
    // A way that polls has an answer to each round: one that brings nothing is no news.
    const news = expected || !watch.loaded || frame.error !== undefined;
    watch.refusal = frame.error ?? null;
    if (frame.topic !== undefined) watch.queryTopic = frame.topic;
    if (frame.seq !== undefined) this.#seq = Math.max(this.#seq, frame.seq);
    watch.loaded = true;
    this.board.forgetOlder((topic) => watch.covers(topic));
    if (news) this.#tellSoon(watch);
  }

  #askAnew(watch: Watch): void {
    this.board.doubt((topic) => watch.covers(topic));
    watch.loaded = false;
    this.connection.send([this.#ask(watch)]);
  }

  #covering(topic: string): Watch[] {
    return [...this.#watches.values()].filter((watch) => watch.covers(topic));
  }

  #tellSoon(watch: Watch): void {
    for (const listener of [...watch.eager]) listener();
    this.#dirty.add(watch);
    if (this.#framed) return;
    this.#framed = true;
    this.world.frame(() => {
      this.#framed = false;
      const dirty = [...this.#dirty];
      this.#dirty.clear();
      for (const one of dirty) one.tell();
    });
  }
}
