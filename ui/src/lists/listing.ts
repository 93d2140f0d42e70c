/** The part of a long list that the page knows: one unbroken stretch from the top, put together from pages.
 * A watched page is the truth about the stretch from where it begins to its last member; what else is known stays. */
import { compare, type Place } from "./place";

/** More than this is not kept while the reader stands at the top, where only more and more would come. */
const MOST_AT_TOP = 600;

export class Listing {
  rows: Place[] = [];
  /** The last row is the list's last member. */
  ended = false;
  /** How many stand above the first row and wait to be shown: the reader is somewhere below. */
  fresh = 0;
  #first: Place | null = null;

  constructor(readonly order: string) {}

  /** From now on what comes above the first row waits. */
  hold(): void {
    this.#first ??= this.rows[0] ?? null;
  }

  /** What waits is shown with the next covering of the top. */
  release(): void {
    this.#first = null;
    this.fresh = 0;
  }

  get held(): boolean {
    return this.#first !== null;
  }

  /** A watched page: all members behind `after` (null: from the top), up to the last of them if it is `full`. */
  cover(after: Place | null, members: Place[], full: boolean): void {
    if (after === null && this.#first === null) this.#coverTop(members, full);
    else this.#coverBelow(after, members, full);
  }

  /** The page behind the last row, read once. */
  append(page: Place[], more: boolean): void {
    const known = new Set(this.rows.map((row) => row.topic));
    this.rows = [...this.rows, ...page.filter((row) => !known.has(row.topic))];
    this.ended = !more;
  }

  #coverTop(members: Place[], full: boolean): void {
    const shown = new Set(members.map((row) => row.topic));
    // Not one row of before among them: so many have come at once that what lies between is not known.
    const broken = full && !this.rows.some((row) => shown.has(row.topic));
    const below = broken ? [] : this.#behind(members, full, shown);
    this.ended = !full || (!broken && this.ended);
    this.rows = [...members, ...below];
    if (this.rows.length <= MOST_AT_TOP) return;
    this.rows = this.rows.slice(0, Math.max(members.length, MOST_AT_TOP / 2));
    this.ended = false;
  }

  #coverBelow(after: Place | null, all: Place[], full: boolean): void {
    const first = this.#first;
    const members = after === null && first !== null ? all.filter((row) => compare(this.order, row, first) >= 0) : all;
    if (after === null) this.fresh = all.length - members.length;
    if (full && members.length === 0) return;
    const shown = new Set(members.map((row) => row.topic));
    const above = after === null ? [] : this.rows.filter((row) => compare(this.order, row, after) <= 0 && !shown.has(row.topic));
    const below = this.#behind(members, full, shown);
    this.ended = !full || this.ended;
    this.rows = [...above, ...members, ...below];
  }

  #behind(members: Place[], full: boolean, shown: Set<string>): Place[] {
    const last = members.at(-1);
    if (!full || last === undefined) return [];
    return this.rows.filter((row) => compare(this.order, row, last) > 0 && !shown.has(row.topic));
  }
}
