/** One input as this viewer uses it. What is set shows at once; one call is under way at a time, and of what is set meanwhile the
 * newest goes next, so that a slider that is drawn sends as often as the hub answers, and no more. */
import { call } from "../../api";
import { link } from "../../live/live.svelte";
import { session } from "../../session.svelte";
import { texts } from "../../texts";
import { toasts } from "../../toasts.svelte";
import type { Shown } from "../shown";
import { words } from "./words";

/** How long (milliseconds) what was set stands in before the value that the panel tells counts again. */
const SETTLE = 300;

export class Used<T> {
  #mine = $state.raw<{ value: T } | null>(null);
  #next: { value: T } | null = null;
  #busy = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly shown: () => Shown,
    readonly topic: () => string,
  ) {
    $effect(() => () => clearTimeout(this.#timer));
  }

  get label(): string {
    return this.shown().get<string>("label") || this.shown().title;
  }

  /** Why nobody, or not this viewer, can use it; empty if they can. */
  get why(): string {
    if (!session.mayAct) return words.guest;
    if (link.state === "lost") return texts.link.disabled;
    return this.shown().get<boolean>("disabled") === true ? words.disabled : "";
  }

  get busy(): boolean {
    return this.#busy;
  }

  get value(): T | undefined {
    return this.#mine ? this.#mine.value : this.shown().get<T>("value");
  }

  set(value: T): void {
    clearTimeout(this.#timer);
    this.#mine = { value };
    this.#next = this.#mine;
    if (!this.#busy) void this.#send();
  }

  async #send(): Promise<void> {
    this.#busy = true;
    while (this.#next) {
      const { value } = this.#next;
      this.#next = null;
      try {
        await this.#call(value);
      } catch (error) {
        if (!this.#next) this.#mine = null;
        toasts.failure(words.refused(this.label), error);
      }
    }
    this.#busy = false;
    this.#timer = setTimeout(() => (this.#mine = null), SETTLE);
  }

  /** A component's topic is its script's, "panel" and its id. */
  #call(value: T): Promise<unknown> {
    const script = this.topic().split("/").slice(0, 2).join("/");
    return call(script, "input", { component: this.shown().id, value });
  }
}
