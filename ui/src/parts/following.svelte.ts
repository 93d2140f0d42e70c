/** A box that follows the end of what grows in it until the reader scrolls up. Make it while the component is set up. */
import { tick } from "svelte";

/** Pixels from the end that count as the end. */
const NEAR = 24;

export class Following<T> {
  on = $state(true);
  /** What `mark` said when the reader left the end. */
  seen = $state.raw<T>() as T;
  #top = 0;

  /** `box` scrolls, `grows` reads what may make it longer, `mark` says how far it is. */
  constructor(readonly box: () => HTMLElement | undefined, grows: () => void, readonly mark: () => T) {
    $effect(() => {
      grows();
      if (this.on) void tick().then(() => this.#toEnd());
    });
  }

  scrolled = (): void => {
    const box = this.box();
    if (!box) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    // Away from the end without a move upwards: only there is more now, or lines that wrap are higher than was thought.
    const up = box.scrollTop < this.#top - 1;
    this.#top = box.scrollTop;
    if (this.on && (atEnd || !up)) return;
    if (this.on) this.seen = this.mark();
    this.on = atEnd;
  };

  resume = (): void => {
    this.on = true;
    this.#toEnd();
  };

  #toEnd(): void {
    const box = this.box();
    box?.scrollTo(0, box.scrollHeight);
  }
}
