/** What the workers of a pool did with their time. */

/** As a pool tells it: how many tasks, and for how many seconds each part took. */
export interface Worked {
  tasks?: number;
  start?: number;
  init?: number;
  waiting?: number;
  working?: number;
  exit?: number;
}

export const PARTS = ["working", "waiting", "starting", "ending"] as const;
export type Part = (typeof PARTS)[number];

export interface Worker {
  name: string;
  tasks: number;
  seconds: Record<Part, number>;
  /** Of the time that is known of it; together 1, or nothing at all. */
  shares: Record<Part, number>;
}

export function workersOf(insights: Map<string, Worked>): Worker[] {
  const workers = [...insights].map(([name, worked]) => {
    const seconds = { working: worked.working ?? 0, waiting: worked.waiting ?? 0, starting: (worked.start ?? 0) + (worked.init ?? 0), ending: worked.exit ?? 0 };
    const all = PARTS.reduce((sum, part) => sum + seconds[part], 0) || 1;
    const shares = Object.fromEntries(PARTS.map((part) => [part, seconds[part] / all])) as Record<Part, number>;
    return { name, tasks: worked.tasks ?? 0, seconds, shares };
  });
  return workers.sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));
}
