/** Profiles as the page shows them: a tree of calls made of samples, its layout as a flame graph, and its functions. */

/** A node as the topic has it. */
export interface Told {
  parent: string | null;
  name: string;
  file: string;
  line: number;
  own: boolean;
}

/** What is known of one endpoint. */
export interface Profile {
  endpoint: string;
  nodes: ReadonlyMap<string, Told>;
  samples: ReadonlyMap<string, number>;
}

export interface Call {
  /** Names the way to it; unique in the tree. */
  id: string;
  name: string;
  file: string;
  line: number;
  own: boolean;
  /** Samples that it was the innermost of, and those of all that it called with them. */
  self: number;
  total: number;
  parent: Call | null;
  children: Call[];
}

const call = (id: string, told: Omit<Told, "parent">, parent: Call | null): Call => ({ id, name: told.name, file: told.file, line: told.line, own: told.own, self: 0, total: 0, parent, children: [] });

/** The tree of all profiles; of several, each endpoint is a branch. What is of no known node is left out. With `brief`
 * functions of libraries that only lead to one's own are left out, and what they did themselves is their callers'. */
export function treeOf(profiles: readonly Profile[], brief: boolean, name: string): Call {
  const root = call("", { name, file: "", line: 0, own: true }, null);
  for (const profile of profiles) {
    const branch = profiles.length === 1 ? root : adopt(root, call(profile.endpoint, { name: profile.endpoint, file: "", line: 0, own: true }, root));
    grow(branch, profile, brief);
  }
  sum(root);
  return root;
}

function grow(branch: Call, { nodes, samples }: Profile, brief: boolean): void {
  const skipped = brief ? leading(nodes) : new Set<string>();
  const made = new Map<string, Call>();
  const place = (id: string): Call => {
    const known = made.get(id);
    if (known) return known;
    const told = nodes.get(id);
    if (!told) return branch;
    const parent = told.parent === null ? branch : place(told.parent);
    const found = skipped.has(id) ? parent : child(parent, told);
    made.set(id, found);
    return found;
  };
  for (const [id, count] of samples) if (nodes.has(id)) place(id).self += count;
}

/** Functions of libraries below which there is one of one's own. */
function leading(nodes: ReadonlyMap<string, Told>): Set<string> {
  const found = new Set<string>();
  for (const told of nodes.values()) {
    if (!told.own) continue;
    for (let id = told.parent; id !== null && !found.has(id); id = nodes.get(id)?.parent ?? null) if (nodes.get(id)?.own === false) found.add(id);
  }
  return found;
}

/** The same function below the same caller is one call. */
function child(parent: Call, told: Told): Call {
  const same = parent.children.find((one) => one.name === told.name && one.file === told.file && one.line === told.line);
  return same ?? adopt(parent, call(`${parent.id}/${told.file}:${told.line}:${told.name}`, told, parent));
}

function adopt(parent: Call, one: Call): Call {
  parent.children.push(one);
  return one;
}

function sum(one: Call): number {
  one.total = one.self + one.children.reduce((all, child) => all + sum(child), 0);
  one.children.sort((first, second) => second.total - first.total || first.name.localeCompare(second.name));
  return one.total;
}

export interface Block {
  call: Call;
  /** Where it begins and how wide it is, both of 1. */
  x: number;
  width: number;
}

/** The levels below `focus`, which takes all the width; those who lead to it stand above. Blocks narrower than `least` are left out. */
export function levelsOf(focus: Call, least: number): Block[][] {
  const above: Call[] = [];
  for (let one = focus.parent; one !== null; one = one.parent) above.unshift(one);
  const levels: Block[][] = above.map((one) => [{ call: one, x: 0, width: 1 }]);
  let level: Block[] = [{ call: focus, x: 0, width: 1 }];
  while (level.length > 0) {
    levels.push(level);
    const next: Block[] = [];
    for (const { call: one, x, width } of level) {
      let at = x;
      for (const child of one.children) {
        const wide = (width * child.total) / Math.max(1, one.total);
        if (wide >= least) next.push({ call: child, x: at, width: wide });
        at += wide;
      }
    }
    level = next;
  }
  return levels;
}

/** A function, wherever it is called from. */
export interface Fn {
  key: string;
  name: string;
  file: string;
  line: number;
  own: boolean;
  self: number;
  total: number;
}

/** All functions; of one that calls itself the outermost call counts. */
export function functionsOf(root: Call): Fn[] {
  const found = new Map<string, Fn>();
  const walk = (one: Call, inside: ReadonlySet<string>) => {
    const key = `${one.file}:${one.line}:${one.name}`;
    let below = inside;
    if (one.file !== "") {
      const fn = found.get(key) ?? { key, name: one.name, file: one.file, line: one.line, own: one.own, self: 0, total: 0 };
      found.set(key, fn);
      fn.self += one.self;
      if (!inside.has(key)) {
        fn.total += one.total;
        below = new Set([...inside, key]);
      }
    }
    for (const child of one.children) walk(child, below);
  };
  walk(root, new Set());
  return [...found.values()];
}

export const matches = (one: { name: string; file: string }, q: string): boolean => q !== "" && `${one.name} ${one.file}`.toLowerCase().includes(q.toLowerCase());

/** Samples in calls that match or in what they call. */
export function matched(one: Call, q: string): number {
  if (q === "") return 0;
  return matches(one, q) ? one.total : one.children.reduce((all, child) => all + matched(child, q), 0);
}

/** The call that an arrow key leads to; null if there is none. */
export function neighbour(one: Call, key: string): Call | null {
  if (key === "ArrowUp") return one.parent;
  if (key === "ArrowDown") return one.children[0] ?? null;
  const beside = one.parent?.children ?? [];
  const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  return step === 0 ? null : (beside[beside.indexOf(one) + step] ?? null);
}

/** The call of the same way in another tree. */
export function found(root: Call, id: string): Call | null {
  if (root.id === id) return root;
  for (const child of root.children) if (id === child.id || id.startsWith(`${child.id}/`)) return found(child, id);
  return null;
}

/** The widest function of one's own that does most by itself: what the graph says in a sentence. */
export const heaviest = (fns: readonly Fn[]): Fn | null =>
  [...fns].sort((one, other) => Number(other.own) - Number(one.own) || other.self - one.self || other.total - one.total)[0] ?? null;
