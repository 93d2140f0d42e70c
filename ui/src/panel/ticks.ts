/** What stands at the ticks of an axis. */
import { clock, clockShort, date, number } from "../format";

/** Numbers of one axis share their decimals, so that they line up. */
export function numberTicks(splits: (number | null)[]): string[] {
  const known = splits.filter((split): split is number => split !== null);
  const step = Math.min(...known.slice(1).map((split, i) => Math.abs(split - (known[i] as number))));
  const decimals = Number.isFinite(step) && step > 0 ? Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9))) : 0;
  return splits.map((split) => {
    if (split === null) return "";
    return Math.abs(split) >= 1e6 || (split !== 0 && Math.abs(split) < 1e-6) ? split.toExponential(1).replace("-", "\u2212") : number(split, decimals);
  });
}

/** Times of day; the first label and each midnight carry the date. Splits are seconds. */
export function timeTicks(splits: number[]): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  let day = "";
  return splits.map((split) => {
    const us = split * 1e6;
    const today = date(us, us);
    const time = step > 0 && step < 60 ? clock(us) : clockShort(us);
    if (today === day) return time;
    day = today;
    return step >= 86400 ? today : `${time}\n${today}`;
  });
}

/** The labels of the categories at these positions. */
export const categoryTicks = (splits: number[], labelAt: (index: number) => string): string[] =>
  splits.map((split) => {
    const label = Number.isInteger(split) ? labelAt(split) : "";
    return label.length > 14 ? `${label.slice(0, 13)}…` : label;
  });

/** Whole positions, as many as there is room for: `width` pixels for labels as long as some of them are. */
export function categorySplits(count: number, labelAt: (index: number) => string, width: number): number[] {
  const looked = Math.min(count, 20);
  const lengths = Array.from({ length: looked }, (_, i) => labelAt(Math.floor((i * count) / looked)).length);
  const longest = Math.min(14, Math.max(1, ...lengths));
  const every = Math.max(1, Math.ceil((count * (longest * 6.5 + 14)) / Math.max(1, width)));
  return Array.from({ length: Math.ceil(count / every) }, (_, i) => i * every);
}
