/** A value of JSON as the tree of Json.svelte shows it. */
import { number } from "../../format";

export type Entry = [key: string, value: unknown];

/** What it holds, null for a value that holds nothing. Folded maps are Map, all else plain. */
export function entriesOf(value: unknown): Entry[] | null {
  if (Array.isArray(value)) return value.map((item: unknown, index): Entry => [String(index), item]);
  if (value instanceof Map) return [...(value as Map<string, unknown>)];
  return typeof value === "object" && value !== null ? Object.entries(value) : null;
}

/** "3 items", "1 key": what stands beside a folded one. */
export function sizeOf(value: unknown, count: number): string {
  const word = Array.isArray(value) ? "item" : "key";
  return `${number(count)} ${word}${count === 1 ? "" : "s"}`;
}

export const kindOf = (value: unknown): "text" | "number" | "word" =>
  typeof value === "string" ? "text" : typeof value === "number" ? "number" : "word";

/** Exactly as JSON has it: digits are not grouped, texts keep their quotes. */
export const leafOf = (value: unknown): string => JSON.stringify(value) ?? "null";
