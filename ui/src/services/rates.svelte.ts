/** Requests a second lately, told from how the counters grow while somebody looks. */
import { untrack } from "svelte";
import { link } from "../live/live.svelte";
import { LATELY, rateOf } from "./service";

export class Rates {
  of = $state.raw<Map<string, number>>(new Map());
  readonly #samples = new Map<string, [number, number][]>();

  /** `counts` gives for each name how many requests there were ever, `before` what its rate was before somebody looked. */
  constructor(counts: () => [string, number][], readonly before: (name: string) => number | null) {
    $effect(() => {
      const now = Math.floor(link.now / 1000);
      untrack(() => this.#look(now, counts()));
    });
  }

  #look(now: number, counts: [string, number][]): void {
    const rates = new Map<string, number>();
    for (const [name, count] of counts) {
      if (count === 0) continue; // it may only not be known yet
      const samples = (this.#samples.get(name) ?? []).filter(([at]) => now - at <= LATELY);
      samples.push([now, count]);
      this.#samples.set(name, samples);
      const rate = rateOf(samples) ?? this.before(name);
      if (rate !== null) rates.set(name, rate);
    }
    this.of = rates;
  }
}
