/** A long list, live: the top and what is in view are watched, what lies between is remembered as it was seen. */
import { columnOf } from "./order";
import { untrack } from "svelte";
import { get } from "../api";
import type { Query } from "../live/frames";
import { link, Live, type Row } from "../live/live.svelte";
import { Listing } from "./listing";
import { compare, cursorOf, type Key, type Place } from "./place";

const PAGE = 100;
/** How many rows before the end the next page is read, and before the view its watch begins. */
const AHEAD = 60;
const BEHIND = 20;
/** Milliseconds without scrolling after which the view is watched. */
const REST = 120;

export interface Fields {
  get<T = unknown>(field: string): T | undefined;
}

type Asked = Query & { order: string };

interface Answer {
  topics: { topic: string; state: Record<string, Key> }[];
  next: string | null;
}

/** What a list leaves behind for whoever comes back to it. */
export interface Kept<T> {
  listing: Listing;
  views: Map<string, T>;
  asked: string;
}

export class LiveList<T> {
  rows = $state.raw<Place[]>([]);
  loaded = $state(false);
  reading = $state(false);
  failure = $state.raw<unknown>(null);
  fresh = $state(0);
  ended = $state(false);
  #version = $state(0);
  #after = $state.raw<Place | null>(null);
  #listing = new Listing("");
  #views = new Map<string, T>();
  #made = new WeakMap<Row, T>();
  #asked = "";
  #timer = 0;
  readonly #top: Live;
  readonly #view: Live;

  constructor(
    readonly query: () => Asked,
    readonly look: (topic: string, fields: Fields) => T,
    /** The fields that `look` reads. */
    readonly fields: readonly string[],
    kept?: Kept<T> | undefined,
  ) {
    this.#top = new Live(() => ({ query: { ...this.query(), limit: PAGE } }));
    this.#view = new Live(() => {
      const after = this.#after;
      return after === null ? null : untrack(() => ({ query: { ...this.query(), after: cursorOf(this.query().order, after), limit: PAGE } }));
    });
    if (kept) this.#resume(kept);
    $effect(() => {
      const asked = JSON.stringify(this.query());
      if (this.#top.loaded && this.#top.version >= 0) untrack(() => this.#coverTop(asked));
    });
    $effect(() => {
      if (this.#after !== null && this.#view.loaded && this.#view.version >= 0) untrack(() => this.#coverView());
    });
    $effect(() => () => clearTimeout(this.#timer));
  }

  get refusal(): Live["refusal"] {
    return this.#top.refusal;
  }

  /** What is known of a member, as it was when it was last seen. */
  of(topic: string): T | undefined {
    void this.#version;
    return this.#views.get(topic);
  }

  get kept(): Kept<T> {
    return { listing: this.#listing, views: this.#views, asked: this.#asked };
  }

  /** The reader is below the top: what comes there waits. */
  hold(): void {
    this.#listing.hold();
  }

  release(): void {
    if (!this.#listing.held) return;
    this.#listing.release();
    if (this.#top.loaded) this.#coverTop(this.#asked);
  }

  /** The rows from `first` up to `last` are in view. */
  see(first: number, last: number): void {
    if (last > this.rows.length - AHEAD) void this.more();
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#watch(first, last), REST);
  }

  /** Reads the page behind the last row. */
  async more(): Promise<void> {
    const last = this.rows.at(-1);
    if (this.reading || this.ended || last === undefined || link.state === "lost") return;
    const asked = this.#asked;
    this.reading = true;
    this.failure = null;
    try {
      const page = await get<Answer>(`/api/topics?${this.#parameters(last)}`);
      if (asked !== this.#asked) return;
      for (const { topic, state } of page.topics) {
        if (!this.#views.has(topic)) this.#views.set(topic, this.look(topic, { get: <F>(field: string) => state[field] as F | undefined }));
      }
      this.#listing.append(page.topics.map(({ topic, state }) => ({ topic, key: this.#keyOf(topic, state) })), page.next !== null);
      this.#show();
    } catch (error) {
      this.failure = error;
    } finally {
      this.reading = false;
    }
  }

  #parameters(last: Place): URLSearchParams {
    const { kind, where, order, q } = this.query();
    const said = new URLSearchParams({ kind: kind ?? "", order, limit: String(PAGE), after: cursorOf(order, last), fields: this.fields.join(",") });
    for (const one of where ?? []) said.append("where", one);
    if (q) said.set("q", q);
    return said;
  }

  #keyOf(topic: string, state: Record<string, Key>): Key {
    const column = columnOf(this.#listing.order);
    return column === "topic" ? topic : (state[column] ?? null);
  }

  #resume(kept: Kept<T>): void {
    if (kept.asked !== JSON.stringify(this.query())) return;
    ({ listing: this.#listing, views: this.#views, asked: this.#asked } = kept);
    this.#show();
    this.loaded = true;
  }

  #coverTop(asked: string): void {
    if (asked !== this.#asked) {
      this.#asked = asked;
      this.#listing = new Listing(this.query().order);
      this.#views = new Map();
      this.#after = null;
      this.failure = null;
    }
    this.#cover(null, this.#top);
    this.loaded = true;
  }

  #coverView(): void {
    // Until the hub has answered a changed question, the watch may still be that of the one before.
    if (this.#asked === JSON.stringify(this.query())) this.#cover(this.#after, this.#view);
  }

  #cover(after: Place | null, live: Live): void {
    for (const row of live.members) this.#views.set(row.topic, this.#viewOf(row));
    const places = placesOf(live, this.#listing.order);
    this.#listing.cover(after, places, places.length >= PAGE);
    this.#show();
  }

  #viewOf(row: Row): T {
    const made = this.#made.get(row) ?? this.look(row.topic, row);
    this.#made.set(row, made);
    return made;
  }

  #show(): void {
    this.rows = this.#listing.rows;
    this.fresh = this.#listing.fresh;
    this.ended = this.#listing.ended;
    if (this.#views.size > 2 * this.rows.length + 10 * PAGE) {
      const shown = new Set(this.rows.map((row) => row.topic));
      this.#views = new Map([...this.#views].filter(([topic]) => shown.has(topic)));
    }
    this.#version += 1;
  }

  /** Watches what is in view, unless the watch of the top has it, or the one that there is. */
  #watch(first: number, last: number): void {
    const [one, other] = [this.rows[first], this.rows[Math.min(last, this.rows.length) - 1]];
    if (one === undefined || other === undefined) return;
    if (this.#reaches(this.#top, other)) this.#after = null;
    else if (this.#after === null || compare(this.#listing.order, one, this.#after) <= 0 || !this.#reaches(this.#view, other)) {
      this.#after = this.rows[Math.max(0, first - BEHIND)] ?? null;
    }
  }

  #reaches(live: Live, place: Place): boolean {
    const places = placesOf(live, this.#listing.order);
    const end = places.at(-1);
    return places.length < PAGE || (end !== undefined && compare(this.#listing.order, place, end) <= 0);
  }
}

function placesOf(live: Live, order: string): Place[] {
  const places = live.keys.map(([topic, key]) => ({ topic, key: (key ?? null) as Key }));
  return places.sort((one, other) => compare(order, one, other));
}
