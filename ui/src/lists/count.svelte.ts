/** How many members a list has in all, beside what is shown of it. Make it while the component is set up. */
import { untrack } from "svelte";
import { get } from "../api";
import { link } from "../live/live.svelte";
import type { Query } from "../live/frames";

/** Milliseconds between two questions to the hub, which is to spend at most a twentieth of its time on one page's. */
const PAUSE = 3000;
const TIMES = 20;

interface Shown {
  readonly rows: readonly unknown[];
  readonly fresh: number;
  readonly ended: boolean;
  readonly loaded: boolean;
}

export class Count {
  #answer = $state.raw<{ to: string; count: number } | null>(null);
  #next = 0;
  #timer = 0;
  #asking = false;

  constructor(
    readonly query: () => Query,
    readonly list: Shown,
  ) {
    $effect(() => {
      const asked = this.#asked;
      void this.list.rows;
      if (this.list.loaded && !this.list.ended) untrack(() => this.#plan(asked));
    });
    $effect(() => () => clearTimeout(this.#timer));
  }

  /** Null while it is not known. */
  get now(): number | null {
    if (!this.list.loaded) return null;
    if (this.list.ended) return this.list.rows.length + this.list.fresh;
    return this.#answer?.to === this.#asked ? this.#answer.count : null;
  }

  get #asked(): string {
    const { kind, where, q } = this.query();
    const said = new URLSearchParams({ kind: kind ?? "", limit: "1", fields: "", count: "1" });
    for (const one of where ?? []) said.append("where", one);
    if (q) said.set("q", q);
    return said.toString();
  }

  #plan(asked: string): void {
    if (this.#answer?.to !== asked) this.#next = 0;
    if (this.#asking || link.state === "lost") return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#ask(asked), Math.max(0, this.#next - performance.now()));
  }

  async #ask(asked: string): Promise<void> {
    const began = performance.now();
    this.#asking = true;
    try {
      this.#answer = { to: asked, count: (await get<{ count: number }>(`/api/topics?${asked}`)).count };
    } catch {
      this.#answer = null; // the list says itself why it cannot be read
    } finally {
      this.#asking = false;
      const took = performance.now() - began;
      this.#next = performance.now() + Math.max(PAUSE, TIMES * took);
      if (asked !== this.#asked) this.#plan(this.#asked);
    }
  }
}
