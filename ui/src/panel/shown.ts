/** What a component shows at one moment. */
export interface Shown {
  readonly id: string;
  readonly title: string;
  readonly version: number;
  get<T = unknown>(field: string): T | undefined;
}

/** What "0" means as the most that is kept. */
export const MOST = 10_000;
