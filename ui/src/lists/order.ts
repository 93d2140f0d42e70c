/** Orders as addresses and the hub write them: a column, with "-" before it the greatest first. */

export const columnOf = (order: string): string => order.replace(/^-/, "");

/** The order that a press on a column's head asks for: `first`, and if it is that, the other way round. */
export function turned(order: string, first: string): string {
  if (order !== first) return first;
  return first.startsWith("-") ? columnOf(first) : `-${first}`;
}

export type Direction = "ascending" | "descending";

/** How a column is ordered; undefined if it is not the one. */
export const directionOf = (order: string, column: string): Direction | undefined => (columnOf(order) !== column ? undefined : order === column ? "ascending" : "descending");
