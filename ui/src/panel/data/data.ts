/** What a chart shows, as rows: made when they are looked at, copied or saved. */
export interface Data {
  head: string[];
  count: number;
  /** The cells of one row, the oldest or topmost being 0. */
  rowAt(index: number): unknown[];
  /** What a row is called on the page, if that is not its first cell. */
  nameAt?(index: number): string;
  /** Whether the last row is shown first. */
  newestFirst?: boolean;
}
