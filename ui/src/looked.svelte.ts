/** When this browser last looked at the overview, so that it can say what happened since. */
import { MINUTE } from "./format";

const KEPT = "quarterdeck.looked";
/** Who was away for less has not been away. */
const AWAY = 5 * MINUTE;

export class Looked {
  /** The last look before this one; null if that was a moment ago, or never. */
  since = $state<number | null>(null);

  /** Make it while the page is set up; `now` is the hub's time in microseconds. */
  constructor(readonly now: () => number) {
    this.#arrive();
    const seen = () => (document.hidden ? this.#leave() : this.#arrive());
    $effect(() => {
      document.addEventListener("visibilitychange", seen);
      return () => {
        document.removeEventListener("visibilitychange", seen);
        this.#leave();
      };
    });
  }

  #arrive(): void {
    const last = Number(localStorage.getItem(KEPT) ?? Infinity);
    if (this.now() - last > AWAY) this.since = last;
  }

  #leave(): void {
    localStorage.setItem(KEPT, String(Math.round(this.now())));
  }
}
