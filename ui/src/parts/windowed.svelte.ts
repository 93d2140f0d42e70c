/** Which rows of a long table are worth drawing: those in view and some around. Rows are taken to be of one height. */

const FROM = 100;
const AROUND = 15;

export class Windowed {
  #top = $state(0);
  #height = $state(800);
  #row = $state(34);

  readonly first = $derived.by(() => (this.count() <= FROM ? 0 : Math.max(0, Math.min(this.count() - 1, Math.floor(this.#top / this.#row)) - AROUND)));
  readonly last = $derived.by(() =>
    this.count() <= FROM ? this.count() : Math.min(this.count(), Math.ceil((this.#top + this.#height) / this.#row) + AROUND),
  );
  /** The first row that can be seen. */
  readonly top = $derived.by(() => Math.max(0, Math.min(this.count() - 1, Math.floor(this.#top / this.#row))));
  readonly above = $derived(this.first * this.#row);
  readonly below = $derived.by(() => Math.max(0, this.count() - this.last) * this.#row);

  /** `body` holds the rows; `scroller` is what scrolls them: undefined while it is not there, null for the window. */
  constructor(
    readonly body: () => HTMLElement | undefined,
    readonly count: () => number,
    readonly scroller: () => HTMLElement | null | undefined = () => null,
  ) {
    $effect(() => {
      const scroller = this.scroller();
      if (scroller === undefined) return undefined;
      const target = scroller ?? window;
      const measure = () => this.#measure();
      measure();
      target.addEventListener("scroll", measure, { passive: true });
      addEventListener("resize", measure);
      return () => {
        target.removeEventListener("scroll", measure);
        removeEventListener("resize", measure);
      };
    });
  }

  /** Scrolls by so many rows, so that what is looked at stays where it is when rows come or go above it. */
  shift(rows: number): void {
    (this.scroller() ?? window).scrollBy({ top: rows * this.#row, behavior: "instant" });
    this.#measure();
  }

  #measure(): void {
    const body = this.body();
    if (!body) return;
    const row = body.querySelector<HTMLElement>("[data-row]")?.getBoundingClientRect().height;
    if (row) this.#row = row;
    const scroller = this.scroller();
    const from = scroller ? scroller.getBoundingClientRect().top : 0;
    this.#top = Math.max(0, from - body.getBoundingClientRect().top);
    this.#height = scroller ? scroller.clientHeight : innerHeight;
  }
}
