/** Answers by status code and by class of codes. */
import type { EndpointView } from "./service";

export const CLASSES = ["5", "4", "3", "2", "1"] as const;
/** The colours of the classes: success, redirection, refused, failed, information. */
export const CLASS_COLORS: Record<string, string> = { 1: "var(--s6)", 2: "var(--s1)", 3: "var(--s3)", 4: "var(--s2)", 5: "var(--s4)" };

export interface Answered {
  view: EndpointView;
  status: ReadonlyMap<string, number>;
  all: number;
  /** Requests by class of code, in the order of CLASSES. */
  classes: number[];
}

export function answeredBy(view: EndpointView, status: ReadonlyMap<string, number>): Answered {
  const of = (first: string) => [...status].reduce((sum, [code, count]) => sum + (code.startsWith(first) ? count : 0), 0);
  return { view, status, all: [...status.values()].reduce((sum, count) => sum + count, 0), classes: CLASSES.map(of) };
}

/** The endpoints that fail the most first, then those that refuse the most; by how many requests, then by name. */
export function worstFirst(rows: readonly Answered[]): Answered[] {
  const [refused, failed] = [CLASSES.indexOf("4"), CLASSES.indexOf("5")];
  const by = (one: Answered, other: Answered, place: number) => (other.classes[place] ?? 0) - (one.classes[place] ?? 0);
  return [...rows].sort((one, other) => by(one, other, failed) || by(one, other, refused) || other.all - one.all || one.view.name.localeCompare(other.view.name));
}
