/** What stands at the ticks of an axis. */
import { clock, clockShort, date, number } from "../format";

/** Numbers of one axis share their decimals, so that they line up. */
export function numberTicks(splits: (number | null)[]): string[] {
  const known = splits.filter((split): split is number => split !== null);
  const step = Math.min(...known.slice(1).map((split, i) => Math.abs(split - (known[i] as number))));
  let decimals = 0;
  while (Number.isFinite(step) && decimals < 6 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6 * 10 ** decimals * step) decimals += 1;
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
    const time = step < 60 ? clock(us) : clockShort(us);
    if (today === day) return time;
    day = today;
    return step >= 86400 ? today : `${time}\n${today}`;
  });
}

const LETTER = 6.3;
const MOST = 14;
/** Fewer letters than this say little: slanted there is room for more. */
const FEWEST = 6;
/** Pixels that a slanted label needs beside the next. */
const SLANTED = 15;

export interface Fit {
  /** Every how many categories one is labelled. */
  every: number;
  letters: number;
  /** Degrees. */
  slant: number;
}

/** How labels fit in `width` pixels: level while each has room for some letters, then slanted, then not each one.
 * Only bars are worth slanting for: each is a thing of its own. */
export function categoryFit(count: number, width: number, bars: boolean, labelAt: (index: number) => string): Fit {
  const looked = Math.min(count, 20);
  const lengths = Array.from({ length: looked }, (_, i) => labelAt(Math.floor((i * count) / looked)).length);
  const longest = Math.min(MOST, Math.max(1, ...lengths));
  const room = Math.max(1, width) / Math.max(1, count);
  const letters = Math.floor((room - 8) / LETTER);
  if (letters >= Math.min(longest, bars ? FEWEST : longest)) return { every: 1, letters: Math.min(MOST, letters), slant: 0 };
  if (bars && room >= SLANTED) return { every: 1, letters: 11, slant: 40 };
  return { every: Math.ceil((longest * LETTER + 14) / room), letters: MOST, slant: 0 };
}

/** The labels of the categories at these positions. */
export const categoryTicks = (splits: number[], labelAt: (index: number) => string, letters: number): string[] =>
  splits.map((split) => {
    const label = Number.isInteger(split) ? labelAt(split) : "";
    return label.length > letters ? `${label.slice(0, letters - 1)}…` : label;
  });

/** Whole positions. */
export const categorySplits = (count: number, every: number): number[] =>
  Array.from({ length: Math.ceil(count / every) }, (_, i) => i * every);
