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

  /** `query` names the list as `/api/topics` does, `series` what is wanted of its members; `news` changes when there is
   * something new to be read. */
  constructor(query: () => string, span: () => Span, news: () => unknown, series = "duration,errors") {
    let due = 0;
    $effect(() => {
      void news();
      const wanted = `${query()}&series=${series}`;
      const of = `${wanted} ${span()}`;
      const wait = of === this.#asked ? Math.max(0, due - Date.now()) : 0;
      const timer = setTimeout(() => {
        due = Date.now() + EVERY;
        void untrack(() => this.#ask(of, wanted, span()));
      }, wait);
      return () => clearTimeout(timer);
    });
  }

  async #ask(of: string, wanted: string, span: Span): Promise<void> {
    if (of !== this.#asked) this.loaded = false;
    this.#asked = of;
    try {
      const from = Math.round(beginOf(span, link.now));
      const { totals } = await get<Answer>(`/api/totals?${wanted}&limit=${MOST}&from=${from}`);
      if (of !== this.#asked) return;
      this.of = new Map(totals.map((one) => [one.topic, one.series]));
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.loaded = true;
  }
}
