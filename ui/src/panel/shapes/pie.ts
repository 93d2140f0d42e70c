/** The shares of a pie: the largest as slices, the rest folded into one. */

export interface Slice {
  name: string;
  value: number;
  share: number;
  /** Where it begins, as a share of the circle. */
  from: number;
  /** Which of the eight colours. */
  color: number;
  /** How many are folded into it; 0 for a slice of its own. */
  folded: number;
}

const MOST = 8;

/** In the order in which they were given, so that each keeps its place and colour while values change. */
export function slicesOf(given: unknown, others: (count: number) => string): Slice[] {
  const pairs = pairsOf(given).filter(([, value]) => value !== null && value > 0) as [string, number][];
  const sum = pairs.reduce((total, [, value]) => total + value, 0);
  const large = new Set(pairs.length <= MOST ? pairs : [...pairs].sort(([, one], [, other]) => other - one).slice(0, MOST - 1));
  const rest = pairs.filter((pair) => !large.has(pair));
  const shown: [string, number, number][] = pairs.filter((pair) => large.has(pair)).map(([name, value]) => [name, value, 0]);
  if (rest.length > 0) shown.push([others(rest.length), rest.reduce((total, [, value]) => total + value, 0), rest.length]);
  let from = 0;
  return shown.map(([name, value, folded], index) => {
    const slice = { name, value, share: value / sum, from, color: folded ? MOST : index + 1, folded };
    from += slice.share;
    return slice;
  });
}

/** The outline of a slice of a circle of 100 by 100, the first beginning at the top. */
export function wedge({ from, share }: Slice): string {
  if (share > 0.99999) return "M 50 1 A 49 49 0 1 1 49.99 1 Z";
  const point = (at: number) => {
    const angle = 2 * Math.PI * at;
    return `${(50 + 49 * Math.sin(angle)).toFixed(3)} ${(50 - 49 * Math.cos(angle)).toFixed(3)}`;
  };
  return `M 50 50 L ${point(from)} A 49 49 0 ${share > 0.5 ? 1 : 0} 1 ${point(from + share)} Z`;
}

/** All names and values, as the script gave them. */
export function pairsOf(given: unknown): [string, number | null][] {
  return (Array.isArray(given) ? (given as unknown[]) : []).flatMap((pair) =>
    Array.isArray(pair) ? [[String(pair[0]), typeof pair[1] === "number" ? pair[1] : null] as [string, number | null]] : [],
  );
}
