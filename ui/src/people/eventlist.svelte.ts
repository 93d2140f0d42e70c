/** The audit log as a long list: its newest page is asked for again and again, older ones when the reader comes near. */
import { get } from "../api";
import type { Source } from "../lists/LongList.svelte";
import { link } from "../live/live.svelte";

const PAGE = 100;
const AHEAD = 30;
const EVERY = 2000;
const MOST_AT_TOP = 500;

export interface Noted {
  /** Its id: what a list knows a row by. */
  topic: string;
  at: number;
  about: string;
  name: string;
  by: string | null;
  data: Record<string, unknown> | null;
}

interface Answer {
  events: { id: string; at: number; topic: string; name: string; by: string | null; data: Record<string, unknown> | null }[];
  next: string | null;
}

const notedOf = ({ id, topic, ...rest }: Answer["events"][number]): Noted => ({ ...rest, topic: id, about: topic });

export class EventList implements Source {
  rows = $state.raw<Noted[]>([]);
  loaded = $state(false);
  reading = $state(false);
  failure = $state.raw<unknown>(null);
  fresh = $state(0);
  ended = $state(false);
  #held = false;
  #asked = "";
  #next: string | null = null;

  /** `query` gives the parameters of the address. */
  constructor(readonly query: () => Record<string, string>) {
    $effect(() => {
      const asked = new URLSearchParams(this.query()).toString();
      void this.#newest(asked);
      const timer = setInterval(() => {
        if (!document.hidden && link.state !== "lost") void this.#newest(asked);
      }, EVERY);
      return () => clearInterval(timer);
    });
  }

  see(_first: number, last: number): void {
    if (last > this.rows.length - AHEAD) void this.more();
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.fresh = 0;
    void this.#newest(this.#asked);
  }

  async more(): Promise<void> {
    const asked = this.#asked;
    if (this.reading || this.ended || !this.loaded || this.#next === null) return;
    this.reading = true;
    try {
      const page = await this.#page(asked, this.#next);
      if (asked !== this.#asked) return;
      this.rows = [...this.rows, ...page.events.map(notedOf)];
      this.#ends(page.next);
      this.failure = null;
    } catch (error) {
      this.failure = error;
    } finally {
      this.reading = false;
    }
  }

  async #newest(asked: string): Promise<void> {
    try {
      const page = await this.#page(asked, null);
      const rows = page.events.map(notedOf);
      if (asked !== this.#asked) this.#begin(asked, rows, page.next);
      else this.#join(rows, page.next);
      this.failure = null;
    } catch (error) {
      this.failure = error;
    }
    this.loaded = true;
  }

  #begin(asked: string, rows: Noted[], next: string | null): void {
    this.#asked = asked;
    this.rows = rows;
    this.fresh = 0;
    this.#ends(next);
  }

  #join(rows: Noted[], next: string | null): void {
    const first = this.rows[0];
    const known = first === undefined ? -1 : rows.findIndex((row) => row.topic === first.topic);
    const fresh = known < 0 ? rows.length : known;
    if (this.#held && first !== undefined) this.fresh = fresh;
    else if (known < 0 || this.rows.length > MOST_AT_TOP) this.#begin(this.#asked, rows, next);
    else if (fresh > 0) this.rows = [...rows.slice(0, fresh), ...this.rows];
  }

  #ends(next: string | null): void {
    this.#next = next;
    this.ended = next === null;
  }

  #page(asked: string, after: string | null): Promise<Answer> {
    return get<Answer>(`/api/events?${asked}&limit=${PAGE}${after === null ? "" : `&after=${encodeURIComponent(after)}`}`);
  }
}
