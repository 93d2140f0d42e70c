/** What the series of a list come to in a span of time; asked for anew while requests come. */
import { untrack } from "svelte";
import { get } from "../api";
import { link } from "../live/live.svelte";
import { beginOf, type Span, type Total } from "./service";

/** Milliseconds between two looks: figures of a day need not be newer. */
const EVERY = 3000;
const MOST = 1000;

export type Series = Record<string, Total | null>;

interface Answer {
  totals: { topic: string; series: Series }[];
}

export class Totals {
  of = $state.raw<Map<string, Series>>(new Map());
  loaded = $state(false);
  error = $state.raw<unknown>(null);
  #asked = "";

  /** `query` names the list as `/api/topics` does; `news` changes when there is something new to be read. */
  constructor(query: () => string, span: () => Span, news: () => unknown) {
    let due = 0;
    $effect(() => {
      void news();
      const wanted = `${query()}&series=duration,errors&span=${span()}`;
      const wait = wanted === this.#asked ? Math.max(0, due - Date.now()) : 0;
      const timer = setTimeout(() => {
        due = Date.now() + EVERY;
        void untrack(() => this.#ask(wanted, query(), span()));
      }, wait);
      return () => clearTimeout(timer);
    });
  }

  async #ask(wanted: string, query: string, span: Span): Promise<void> {
    if (wanted !== this.#asked) this.loaded = false;
    this.#asked = wanted;
    try {
      const from = Math.round(beginOf(span, link.now));
      const { totals } = await get<Answer>(`/api/totals?${query}&series=duration,errors&limit=${MOST}&from=${from}`);
      if (wanted !== this.#asked) return;
      this.of = new Map(totals.map((one) => [one.topic, one.series]));
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.loaded = true;
  }
}
