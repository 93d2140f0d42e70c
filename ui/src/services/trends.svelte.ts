/** How the p95 of each endpoint went, over a span and the time before it. */
import { get } from "../api";
import { link } from "../live/live.svelte";
import type { Point } from "./change";
import { Asked, SELDOM } from "./asked.svelte";
import { beforeOf, beginOf, DAYS, daysBefore, type Span } from "./service";

/** Seconds of a step: some twenty to forty of them a span, and as wide as hours or days where minutes would be many. */
const STEPS: Record<Span, number> = { hour: 120, today: 3600, week: 4 * 3600, month: 86_400, quarter: 2 * 86_400, all: 86_400 };

interface Answer {
  step: number;
  series: { topic: string; cells: { at: number; count: number; p95: number }[] }[];
}

export class Trends {
  readonly #asked: Asked<Map<string, Point[]>>;

  constructor(
    list: () => string,
    readonly span: () => Span,
    news: () => unknown,
  ) {
    this.#asked = new Asked(() => `${list()} ${span()}`, () => this.#read(list()), news, SELDOM);
  }

  async #read(list: string): Promise<Map<string, Point[]>> {
    const from = this.span() === "all" ? this.begin() : (beforeOf(this.span(), link.now)?.[0] ?? this.begin());
    const times = `from=${Math.round(from)}&step=${STEPS[this.span()]}`;
    const { series } = await get<Answer>(`/api/series?${list}&series=duration&figures=count,p95&limit=1000&${times}`);
    return new Map(series.map((one) => [one.topic, one.cells.map(({ at, count, p95 }) => ({ at, count, value: p95 }))]));
  }

  /** When the shown steps begin: of all time the latest ninety days. */
  begin(): number {
    return this.span() === "all" ? daysBefore(link.now, DAYS.quarter ?? 0) : beginOf(this.span(), link.now);
  }

  /** All steps of an endpoint that have requests, those before the span, too. */
  pointsOf(topic: string): Point[] {
    return this.#asked.value?.get(topic) ?? [];
  }

  /** The values of the span, a step each, null where there were no requests; the step that is under way is left out. */
  valuesOf(topic: string): (number | null)[] {
    const width = STEPS[this.span()] * 1e6;
    const known = new Map(this.pointsOf(topic).map((point) => [point.at, point.value]));
    const first = Math.floor(this.begin() / width) * width;
    const length = Math.max(1, Math.floor((link.now - first) / width));
    return Array.from({ length }, (_, i) => known.get(first + i * width) ?? null);
  }
}
