/** A value that follows another at most four times a second: text that changes faster than it can be read costs a layout and a
 * painting each time, in twenty charts more than the charts themselves. */

export const PAUSE = 250;

export class Calm<T> {
  #value = $state.raw<T>() as T;
  #at = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: () => T) {
    this.#value = source();
    $effect(() => this.#offer(source()));
    $effect(() => () => clearTimeout(this.#timer));
  }

  get value(): T {
    return this.#value;
  }

  /** With the frame that is drawn anyway if it is time; else only if nothing follows, for a timer makes a frame of its own. */
  #offer(next: T): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    if (now - this.#at < PAUSE) {
      this.#timer = setTimeout(() => (this.#value = next), PAUSE);
      return;
    }
    this.#at = now;
    this.#value = next;
  }
}
