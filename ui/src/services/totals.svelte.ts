/** What the series of a list come to in a span of time; asked for anew while requests come. */
import { get } from "../api";
import { link } from "../live/live.svelte";
import { Asked, SELDOM } from "./asked.svelte";
import { beforeOf, beginOf, type Span, type Total } from "./service";

const MOST = 1000;
/** So many members are enough for any page; a list may have more. */
const PAGES = 5;

export type Series = Record<string, Total | null>;

/** A member of a list, with the fields that were asked for. */
export interface Member {
  topic: string;
  series: Series;
  state?: Record<string, unknown>;
}

interface Answer {
  totals: Member[];
  next: string | null;
}

/** All members of a list, page by page. `query` names the list as `/api/topics` does, and the series. */
export async function readMembers(query: string, from: number, to: number | null = null, most = MOST * PAGES): Promise<Member[]> {
  const found: Member[] = [];
  const times = `from=${Math.round(from)}${to === null ? "" : `&to=${Math.round(to)}`}`;
  let after = "";
  while (found.length < most) {
    const { totals, next } = await get<Answer>(`/api/totals?${query}&limit=${Math.min(MOST, most)}&${times}${after}`);
    found.push(...totals);
    if (next === null) break;
    after = `&after=${encodeURIComponent(next)}`;
  }
  return found;
}

export async function readTotals(query: string, from: number, to: number | null = null): Promise<Map<string, Series>> {
  return new Map((await readMembers(query, from, to)).map((one) => [one.topic, one.series]));
}

/** When the first requests of a topic were, or the first values of another series. */
export async function firstOf(topic: string, series = "duration"): Promise<number> {
  const [first] = await readMembers(`prefix=${encodeURIComponent(topic)}&series=${series}&figures=count`, 0, null, 1);
  const known = first?.topic === topic ? first.series[series]?.first_at : undefined;
  return known ?? link.now - 60e6;
}

export class Totals {
  readonly #asked: Asked<Map<string, Series>>;

  /** Of a span, or of the time before it: then there may be none. */
  constructor(query: () => string, span: () => Span, news: () => unknown, series = "duration,errors", before = false) {
    const wanted = () => `${query()}&series=${series}`;
    const load = async () => {
      const times = before ? beforeOf(span(), link.now) : ([beginOf(span(), link.now), null] as const);
      return times === null ? new Map<string, Series>() : readTotals(wanted(), times[0], times[1]);
    };
    this.#asked = new Asked(() => `${wanted()} ${span()}`, load, news, before ? SELDOM : undefined);
  }

  get of(): Map<string, Series> {
    return this.#asked.value ?? new Map<string, Series>();
  }

  get loaded(): boolean {
    return this.#asked.loaded;
  }

  get error(): unknown {
    return this.#asked.error;
  }
}
