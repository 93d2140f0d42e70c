/** What the hub is asked for anew while there is news and somebody looks, but not more often than it is worth. */
import { untrack } from "svelte";
import { isSeen } from "../seen.svelte";

/** Milliseconds between two looks at what changes with every request. */
export const EVERY = 4000;
/** The same for what is much and changes little: days, versions, the time before, charts of steps that are over. */
export const SELDOM = 30_000;

export class Asked<T> {
  value = $state.raw<T | null>(null);
  error = $state.raw<unknown>(null);
  /** Whether `value` is what is asked for now, and not for what was asked for before. */
  loaded = $state(false);
  readonly #every: (value: T) => number;
  #asked = "";
  #due = 0;

  /**
   * Make it while a component is set up. `key` says what is wanted, apart from the time that goes on; null is nothing.
   * `news` changes when there is something new to be read; `every` is how long to wait at least, which may lie in what was read.
   */
  constructor(
    key: () => string | null,
    readonly load: () => Promise<T>,
    news: () => unknown = () => 0,
    every: number | ((value: T) => number) = EVERY,
  ) {
    this.#every = typeof every === "number" ? () => every : every;
    $effect(() => {
      void news();
      const wanted = key();
      if (wanted === null || !isSeen()) return undefined;
      const wait = wanted === this.#asked ? Math.max(0, this.#due - Date.now()) : 0;
      const timer = setTimeout(() => void untrack(() => this.#ask(wanted)), wait);
      return () => clearTimeout(timer);
    });
  }

  /** Another try, after an error. */
  again(): Promise<void> {
    return this.#ask(this.#asked);
  }

  async #ask(wanted: string): Promise<void> {
    if (wanted !== this.#asked) this.loaded = false;
    this.#asked = wanted;
    const begun = Date.now();
    this.#due = begun + EVERY;
    try {
      const value = await this.load();
      if (wanted !== this.#asked) return;
      this.value = value;
      this.error = null;
      this.#due = begun + this.#every(value);
    } catch (error) {
      if (wanted !== this.#asked) return;
      this.error = error;
    }
    this.loaded = true;
  }
}
