/** A value that follows another at most four times a second: text that changes faster than it can be read costs a layout and a
 * painting each time, in twenty charts more than the charts themselves. */

const PAUSE = 250;

export class Calm<T> {
  #value = $state.raw<T>() as T;
  #next: T;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: () => T) {
    this.#next = this.#value = source();
    $effect(() => {
      this.#next = source();
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#value = this.#next;
      }, PAUSE);
    });
    $effect(() => () => clearTimeout(this.#timer));
  }

  get value(): T {
    return this.#value;
  }
}
