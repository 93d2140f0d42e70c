/** Lines of a Log component: time in microseconds, level or nothing, text. */
export type Item = [time: number, level: string, text: string];

/** How many of `now` came after all of `before`. Both are the newest of one log; lines are the same objects in both. */
export function added(before: Item[], now: Item[]): number {
  const last = before.at(-1);
  return last ? now.length - 1 - now.lastIndexOf(last) : now.length;
}
