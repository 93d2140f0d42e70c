/** Figures of services as text. */
import { duration, number, percent, SECOND } from "../format";

/** Seconds as a duration. */
export const took = (seconds: number | null | undefined): string => (seconds === null || seconds === undefined ? "" : duration(seconds * SECOND));

/** A growth as a share of what it was: "+34 %", "×4.2" from three times on. */
export function changed(share: number): string {
  if (share >= 2) return `×${number(Number((share + 1).toPrecision(2)))}`;
  const percents = Math.round(share * 100) || 0; // no minus before it
  return `${percents > 0 ? "+" : ""}${number(percents)} %`;
}

/** A share of requests that failed: two decimals where it is small, and never 0 where there were any. */
export const failedShare = (share: number): string => (share > 0 && share < LEAST ? `< ${percent(LEAST, 2)}` : percent(share, share > 0 && share < 0.1 ? 2 : 0));
const LEAST = 0.0001;

/** How sure a difference is. */
export const chance = (p: number): string => (p < 0.001 ? "p < 0.001" : `p = ${number(Number(p.toPrecision(2)))}`);
