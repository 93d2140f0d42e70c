/** One interest that somewhere on the page shares, and what it covers. */
import type { Board, Entry } from "./board";
import type { Interest } from "./frames";

export class Watch {
  readonly listeners = new Set<() => void>();
  /** Those who do not wait for a frame. */
  readonly eager = new Set<() => void>();
  /** The hub has answered: what is not there does not exist. */
  loaded = false;
  /** Why the hub refused to let us watch. */
  refusal: { code: string; message: string; hint?: string } | null = null;
  /** The topic that holds the rows of a watched query. */
  queryTopic: string | null = null;
  holders = 0;
  /** The last asking was only for what came after a moment. */
  resumed = false;
  readonly #topics: Set<string>;
  #sorted: string[] = [];
  #sortedAt = -1;
  #sortedOf: Entry | undefined;

  constructor(
    readonly id: string,
    readonly interest: Interest,
    readonly board: Board,
  ) {
    this.#topics = new Set("topics" in interest ? interest.topics : []);
  }

  covers(topic: string): boolean {
    const interest = this.interest;
    if ("topics" in interest) return this.#topics.has(topic);
    if ("prefix" in interest) return topic === interest.prefix || topic.startsWith(`${interest.prefix}/`);
    return topic === this.queryTopic || this.rows().has(topic);
  }

  /** All covered entries that exist: of a query in its order, else by name. */
  members(): Entry[] {
    if (!("query" in this.interest)) {
      const found = [...this.board.entries.values()].filter((entry) => !entry.missing && this.covers(entry.topic));
      return found.sort((one, other) => (one.topic < other.topic ? -1 : 1));
    }
    return this.#inOrder().flatMap((topic) => this.board.entries.get(topic) ?? []).filter((entry) => !entry.missing);
  }

  /** The members of a query, sorted anew only when one came, went or moved. */
  #inOrder(): string[] {
    const query = this.queryTopic === null ? undefined : this.board.entries.get(this.queryTopic);
    if (query !== undefined && query === this.#sortedOf && query.version === this.#sortedAt) return this.#sorted;
    const sign = "query" in this.interest && this.interest.query.order?.startsWith("-") ? -1 : 1;
    const rows = [...this.rows()].sort(([one, oneKey], [other, otherKey]) => {
      const byKey = compare(oneKey, otherKey, sign);
      return byKey !== 0 ? byKey : one < other ? -sign : sign;
    });
    [this.#sorted, this.#sortedAt, this.#sortedOf] = [rows.map(([topic]) => topic), query?.version ?? -1, query];
    return this.#sorted;
  }

  tell(): void {
    for (const listener of [...this.listeners]) listener();
  }

  /** Of a query: topic and sort key of each member. */
  rows(): Map<string, unknown> {
    const entry = this.queryTopic === null ? undefined : this.board.entries.get(this.queryTopic);
    return entry?.get<Map<string, unknown>>("rows") ?? new Map();
  }
}

/** What has no key stands last, whichever way the list runs. */
export function compare(one: unknown, other: unknown, sign: number): number {
  const missing = Number(one == null) - Number(other == null);
  if (missing !== 0 || one == null) return missing;
  if (typeof one === "number" && typeof other === "number") return sign * (one - other);
  const [a, b] = [String(one), String(other)];
  return a === b ? 0 : a < b ? -sign : sign;
}
