/** The live client as Svelte sees it: values that change by themselves. */
import { get as ask, say } from "../api";
import { at, base } from "../base";
import { LiveClient } from "./client";
import type { Cells } from "../core/series";
import type { Entry } from "./board";
import type { Interest, Query } from "./frames";
import { openSocket, opensLoaded } from "./transport";
import type { Watch } from "./watch";

const world = {
  now: () => Date.now(),
  later(milliseconds: number, act: () => void) {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  reachable: () =>
    ask("/api/me").then(
      () => true,
      () => false,
    ),
  frame: (act: () => void) => void requestAnimationFrame(act),
};

/** Not randomUUID(), which a page has only over https or on its own machine. */
const anyName = () => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("");

const detours = () => import("./detours");

/** The best first: each further one is for where those before it cannot pass. */
const ways = [
  openSocket,
  opensLoaded(async () => (await detours()).opensEvents((path) => new EventSource(at(path)), say, anyName)),
  opensLoaded(async () => (await detours()).opensPolls(say, world.now, world.later)),
].slice(base === "" ? 0 : -1); // Somebody's application forwards nothing that stays open.

/** Only a loss that lasts this long (milliseconds) is worth a word. */
const WORTH_A_WORD = 2000;
const WELCOME = 4000;

class Link {
  #version = $state(0);
  #tick = $state(Date.now());
  #shown = $state(false);
  #welcome = $state<number | null>(null);
  #started = false;
  readonly client = new LiveClient(ways, world, () => this.#changed());

  start(): void {
    this.client.connection.start();
    if (this.#started) return;
    this.#started = true;
    setInterval(() => this.#second(), 1000);
    addEventListener("online", () => this.client.connection.retryNow());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.client.connection.retryNow();
    });
  }

  stop(): void {
    this.client.connection.stop();
  }

  /** The hub's time in microseconds; moves once a second. */
  get now(): number {
    void this.#version;
    return this.#tick * 1000 + this.client.clockOffset;
  }

  /** "live", "lost" once it is worth a word, "back" for a moment after that. */
  get state(): "live" | "lost" | "back" {
    if (this.#shown) return "lost";
    return this.#welcome === null ? "live" : "back";
  }

  get caughtUp(): number {
    return this.#welcome ?? 0;
  }

  /** Age of what the page shows, in microseconds. */
  get age(): number {
    return Math.max(0, this.#tick - (this.client.connection.lostAt ?? this.#tick)) * 1000;
  }

  /** Microseconds until the next try; null while one is under way. */
  get retryIn(): number | null {
    void this.#version;
    const at = this.client.connection.retryAt;
    return at === null ? null : Math.max(0, at - this.#tick) * 1000;
  }

  get deck(): string {
    void this.#version;
    return this.client.hub?.name ?? "";
  }

  #second(): void {
    this.#tick = Date.now();
    const lostAt = this.client.connection.lostAt;
    if (lostAt !== null && this.#tick - lostAt >= WORTH_A_WORD) this.#shown = true;
  }

  #changed(): void {
    this.#version += 1;
    if (!this.client.isCurrent || !this.#shown) return;
    this.#shown = false;
    this.#welcome = this.client.caughtUp;
    setTimeout(() => (this.#welcome = null), WELCOME);
  }
}

export const link = new Link();

/** What one component watches, for as long as the component lives. Make it while the component is set up. */
export class Live {
  #version = $state(0);
  #watch = $state.raw<Watch | null>(null);

  constructor(interest: () => Interest | null) {
    $effect.pre(() => {
      const wanted = interest();
      if (wanted === null) {
        this.#watch = null;
        return undefined;
      }
      const held = link.client.hold(wanted, () => (this.#version += 1));
      this.#watch = held.watch;
      return () => held.release();
    });
  }

  /** Grows with every told change. */
  get version(): number {
    return this.#version;
  }

  get loaded(): boolean {
    void this.#version;
    return this.#watch?.loaded ?? false;
  }

  get refusal(): Watch["refusal"] {
    void this.#version;
    return this.#watch?.refusal ?? null;
  }

  entry(topic: string): Entry | undefined {
    void this.#version;
    return this.#watch ? link.client.board.entries.get(topic) : undefined;
  }

  /** All that is covered and exists; of a query in its order. */
  get members(): Row[] {
    void this.#version;
    const watch = this.#watch;
    if (!watch) return [];
    const members = watch.members().filter((entry) => entry.topic !== watch.queryTopic);
    return members.map(rowOf);
  }

  /** Of a query: topic and sort key of each member. */
  get keys(): [string, unknown][] {
    void this.#version;
    return [...(this.#watch?.rows() ?? [])];
  }
}

/** One topic of a list as it was at one moment: a new object only when the topic has changed, so that rows draw alone. */
export interface Row {
  readonly topic: string;
  readonly version: number;
  get<T = unknown>(field: string): T | undefined;
}

const rows = new WeakMap<Entry, Row>();

function rowOf(entry: Entry): Row {
  const kept = rows.get(entry);
  if (kept && kept.version === entry.version) return kept;
  const row: Row = { topic: entry.topic, version: entry.version, get: (field) => entry.get(field) };
  rows.set(entry, row);
  return row;
}

/** One topic. Lists and maps come as copies, so that a change is seen as one. */
export class LiveTopic {
  readonly #live: Live;

  /** `window`: the minutes of whose cells it knows. */
  constructor(readonly name: () => string | null, window = 0) {
    this.#live = new Live(() => {
      const topic = name();
      return topic === null ? null : { topics: [topic], ...(window > 0 ? { window } : {}) };
    });
  }

  get #entry(): Entry | undefined {
    const topic = this.name();
    return topic === null ? undefined : this.#live.entry(topic);
  }

  get loaded(): boolean {
    return this.#live.loaded && (this.#entry?.known ?? false);
  }

  get missing(): boolean {
    return this.loaded && (this.#entry?.missing ?? true);
  }

  get refusal(): Watch["refusal"] {
    return this.#live.refusal;
  }

  get version(): number {
    return this.#live.version;
  }

  get<T = unknown>(field: string): T | undefined {
    return this.#entry?.get<T>(field);
  }

  cells(field: string): Cells | undefined {
    return this.#entry?.state.cells.get(field);
  }

  list<T = unknown>(field: string): T[] {
    return [...(this.#entry?.get<T[]>(field) ?? [])];
  }

  map<T = unknown>(field: string): Map<string, T> {
    return new Map(this.#entry?.get<Map<string, T>>(field) ?? []);
  }
}

export const liveQuery = (query: () => Query | null): Live =>
  new Live(() => {
    const wanted = query();
    return wanted === null ? null : { query: wanted };
  });
