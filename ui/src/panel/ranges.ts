/** What an axis spans when there is little to span, and which points a line alone would not show. */
import type { Scale } from "./chartdata";

/** [from, to] around the only point: half a minute of time, half a step of categories and small numbers, a twentieth of large ones. */
export function aroundOne(x: number, scale: Scale): [number, number] {
  const room = scale === "time" ? 30 : scale === "category" ? 0.5 : Math.max(0.5, Math.abs(x) / 20);
  return [x - room, x + room];
}

/** [from, to] that spans no less than `least`, widened on both sides. */
export function atLeast(from: number, to: number, least: number): [number, number] {
  const more = Math.max(0, least - (to - from)) / 2;
  return [from - more, to + more];
}

/** Indices of the points between which no line runs; null if there are none. */
export function lonely(values: readonly (number | null)[]): number[] | null {
  if (values.length > 1 && !values.includes(null)) return null;
  const found: number[] = [];
  for (let i = 0; i < values.length; i += 1) if (values[i] != null && values[i - 1] == null && values[i + 1] == null) found.push(i);
  return found.length > 0 ? found : null;
}
