/** A value that follows another at most four times a second: text that changes faster than it can be read costs a layout and a
 * painting each time, in twenty charts more than the charts themselves. */

export const PAUSE = 250;

export class Calm<T> {
  #value = $state.raw<T>() as T;
  #at = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `pause` is how many milliseconds two values are apart at least. */
  constructor(source: () => T, readonly pause: () => number = () => PAUSE) {
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
    const pause = this.pause();
    if (now - this.#at < pause) {
      this.#timer = setTimeout(() => (this.#value = next), pause);
      return;
    }
    this.#at = now;
    this.#value = next;
  }
}
