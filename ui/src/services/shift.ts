/**
 * Whether two groups of requests differ by more than chance: tests on histograms, whose values are known by bucket only.
 *
 * All values of a bucket count as ties, which both tests allow for. Nothing here knows where a histogram comes from.
 */

/** How many values each bucket has, by its number; higher numbers hold higher values. */
export type Buckets = ReadonlyMap<number, number>;

/** Fewer requests than this on one side say nothing. */
export const LEAST = 30;
/** What is called significant, after correction for all that was tested. */
export const ALPHA = 0.05;

export const bucketsOf = (given: Readonly<Record<string, number | string>> | undefined): Buckets =>
  new Map(Object.entries(given ?? {}).map(([bucket, count]) => [Number(bucket), Number(count)]));

export const sizeOf = (buckets: Buckets): number => [...buckets.values()].reduce((sum, count) => sum + count, 0);

/** The buckets of both, the lowest first: [in a, in b]. */
function paired(a: Buckets, b: Buckets): [number, number][] {
  const places = [...new Set([...a.keys(), ...b.keys()])].sort((one, other) => one - other);
  return places.map((place) => [a.get(place) ?? 0, b.get(place) ?? 0]);
}

export interface RankTest {
  /** Two-sided. */
  p: number;
  /** How often a value of b is greater than one of a, ties half: 0.5 is no difference. */
  superiority: number;
}

/**
 * Mann-Whitney U (Wilcoxon rank sum) in its normal approximation, with the correction for ties and for continuity
 * (Lehmann, Nonparametrics, 1975, chapter 1.4). Null where a side has too little.
 */
export function rankTest(a: Buckets, b: Buckets): RankTest | null {
  const [n, m] = [sizeOf(a), sizeOf(b)];
  if (n < LEAST || m < LEAST) return null;
  let [below, u, ties] = [0, 0, 0];
  for (const [inA, inB] of paired(a, b)) {
    u += inB * (below + inA / 2);
    below += inA;
    ties += (inA + inB) ** 3 - (inA + inB);
  }
  const all = n + m;
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  const superiority = u / (n * m);
  if (variance <= 0) return { p: 1, superiority };
  const away = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5);
  return { p: twoSided(away / Math.sqrt(variance)), superiority };
}

/**
 * Whether the share of values above the common quantile differs: Mood's median test (Mood, 1950) at any quantile, here by
 * the border of buckets that is nearest to it. Null where a side has too little for it.
 */
export function tailTest(a: Buckets, b: Buckets, share: number): number | null {
  const [n, m] = [sizeOf(a), sizeOf(b)];
  const wanted = share * (n + m);
  let [upA, upB] = [n, m];
  for (const [inA, inB] of paired(a, b)) {
    // No further than the border that is nearest to the quantile, nor so far that nothing is above it.
    if (upA + upB === inA + inB || Math.abs(n + m - (upA + upB) + inA + inB - wanted) > Math.abs(n + m - (upA + upB) - wanted)) break;
    upA -= inA;
    upB -= inB;
  }
  return shareTest(upA, n, upB, m);
}

/** Whether x of n and y of m are different shares: the two-proportion z test, pooled. Null where it would not hold. */
export function shareTest(x: number, n: number, y: number, m: number): number | null {
  if (n < LEAST || m < LEAST) return null;
  const pooled = (x + y) / (n + m);
  // The usual rule (Cochran, 1954): five expected in each cell.
  if (Math.min(n, m) * Math.min(pooled, 1 - pooled) < 5) return null;
  return twoSided(Math.abs(x / n - y / m) / Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)));
}

/** Holm's step-down correction (Holm, 1979): of all that is called significant, the chance that any is so by chance is ALPHA. */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const known = ps.flatMap((p, place) => (p === null ? [] : [{ p, place }])).sort((one, other) => one.p - other.p);
  const found: (number | null)[] = ps.map(() => null);
  let most = 0;
  known.forEach(({ p, place }, i) => (found[place] = most = Math.min(1, Math.max(most, p * (known.length - i)))));
  return found;
}

const twoSided = (z: number): number => Math.min(1, erfc(z / Math.SQRT2));

/** The complementary error function, for z >= 0, to a relative error of 1.2e-7 (Press et al., Numerical Recipes, erfcc). */
function erfc(z: number): number {
  const t = 1 / (1 + z / 2);
  const terms = [1.26551223, -1.00002368, -0.37409196, -0.09678418, 0.18628806, -0.27886807, 1.13520398, -1.48851587, 0.82215223, -0.17087277];
  return t * Math.exp(-z * z - terms.reduceRight((sum, term) => sum * t + term, 0));
}
