/** Where a member stands in a list, by the hub's own rules: missing before numbers before texts; ties by topic. */

export type Key = string | number | null;

export interface Place {
  readonly topic: string;
  readonly key: Key;
}

const sort = (key: Key): number => (key === null ? 0 : typeof key === "number" ? 1 : 2);

function compareKeys(one: Key, other: Key): number {
  if (sort(one) !== sort(other)) return sort(one) - sort(other);
  if (one === other || one === null || other === null) return 0;
  return one < other ? -1 : 1;
}

/** Below zero: `one` stands before `other` in a list of this order. */
export function compare(order: string, one: Place, other: Place): number {
  const sign = order.startsWith("-") ? -1 : 1;
  const byKey = compareKeys(one.key, other.key);
  if (byKey !== 0) return sign * byKey;
  return one.topic === other.topic ? 0 : sign * (one.topic < other.topic ? -1 : 1);
}

/** What `after` is for the page behind this member, as docs/protocol.md says. */
export function cursorOf(order: string, place: Place): string {
  const bytes = new TextEncoder().encode(JSON.stringify([order, place.key, place.topic]));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}
