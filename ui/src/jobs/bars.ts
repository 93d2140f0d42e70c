/** The bars of a program as rows: each in the one that it is nested in, those of one name in one place. */

/** What is to be known of a bar to find its place. */
export interface Bar {
  readonly topic: string;
  get<T = unknown>(field: string): T | undefined;
}

export interface Slot {
  /** The place, which one bar after the other of the same name takes: an inner loop stays where it is. */
  key: string;
  topic: string;
  depth: number;
  /** How many bars of this name are known to have stood here. */
  times: number;
}

interface Placed extends Slot {
  id: string;
  parent: string;
  started: number;
}

export const idOf = (topic: string): string => topic.slice(topic.indexOf("/") + 1);

const textOf = (bar: Bar, field: string): string => bar.get<string | null>(field) ?? "";
const nameOf = (bar: Bar) => `${textOf(bar, "process")} ${textOf(bar, "name")}`;
const startedOf = (bar: Bar) => bar.get<number>("started") ?? 0;
const isBad = (bar: Bar) => ["failed", "lost"].includes(textOf(bar, "state"));
/** At its outermost, a bar is in its process. */
const isInner = (bar: Bar) => textOf(bar, "parent") !== textOf(bar, "process");

/** The places of these bars, at most so many: those that are open first, then those that went wrong, then the newest.
 * Of those that ended well only the newest of a name has one, and only beside what it was in (`within`: on whose page). */
export function slotsOf(open: readonly Bar[], ended: readonly Bar[], most = Infinity, within = ""): Slot[] {
  const taken = new Map<string, number>();
  const here = byStart(open).map((bar) => {
    const number = (taken.get(nameOf(bar)) ?? 0) + 1;
    taken.set(nameOf(bar), number);
    return place(bar, `${nameOf(bar)} ${number}`);
  });
  const shown = new Set(here.map((one) => one.topic));
  const past = byStart(ended).filter((bar) => !shown.has(bar.topic));
  const bad = past.filter(isBad).map((bar) => place(bar, bar.topic));
  const last = new Map<string, { bar: Bar; times: number }>();
  for (const bar of past) {
    const name = nameOf(bar);
    if (!isBad(bar) && !taken.has(name)) last.set(name, { bar, times: (last.get(name)?.times ?? 0) + 1 });
  }
  const ids = new Set([within, ...[...here, ...bad].map((one) => one.id), ...[...last.values()].map(({ bar }) => idOf(bar.topic))]);
  const good = [...last].filter(([, { bar }]) => !isInner(bar) || ids.has(textOf(bar, "parent"))).reverse();
  return inTree([...here, ...bad, ...good.map(([name, { bar, times }]) => ({ ...place(bar, `${name} 1`), times }))].slice(0, most));
}

const byStart = (bars: readonly Bar[]): Bar[] =>
  [...bars].sort((one, other) => startedOf(one) - startedOf(other) || (one.topic < other.topic ? -1 : 1));

const place = (bar: Bar, key: string): Placed => ({
  key, topic: bar.topic, depth: 0, times: 1, id: idOf(bar.topic), parent: textOf(bar, "parent"), started: startedOf(bar),
});

/** Each below what it is in, each level in the order of its opening; a pool's beside those of its program. */
function inTree(placed: Placed[]): Slot[] {
  const ids = new Set(placed.map((one) => one.id));
  const below = new Map<string, Placed[]>();
  for (const one of [...placed].sort((a, b) => a.started - b.started || (a.topic < b.topic ? -1 : 1))) {
    const parent = ids.has(one.parent) && one.parent !== one.id ? one.parent : "";
    const level = below.get(parent);
    if (level) level.push(one);
    else below.set(parent, [one]);
  }
  const slots: Slot[] = [];
  const add = (parent: string, depth: number) => {
    for (const { key, topic, times, id } of below.get(parent) ?? []) {
      slots.push({ key, topic, depth, times });
      add(id, depth + 1);
    }
  };
  add("", 0);
  return slots;
}

/** The same places while the same bars are there: hundreds of them change many times a second. */
export class Places {
  #of = "";
  #slots: Slot[] = [];

  of(open: readonly Bar[], ended: readonly Bar[], most?: number, within?: string): Slot[] {
    const of = `${most} ${within} ${open.map((bar) => bar.topic).join()} ${ended.map((bar) => `${bar.topic}${isBad(bar)}`).join()}`;
    if (of !== this.#of) [this.#of, this.#slots] = [of, slotsOf(open, ended, most, within)];
    return this.#slots;
  }
}
