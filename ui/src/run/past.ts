/** The runs of a hook around one of them, read anew whenever one has ended. */
import { get } from "../api";
import { FIELDS, pastOf, type Past } from "./history";

interface Page {
  topics: { topic: string; state: Record<string, unknown> }[];
}

/** So many before the run and after it. */
const AROUND = 40;

const listed = async (where: string[], order: string, limit: number): Promise<Past[]> => {
  const query = new URLSearchParams({ kind: "run", order, limit: String(limit), fields: FIELDS });
  for (const one of where) query.append("where", one);
  return (await get<Page>(`/api/topics?${query}`)).topics.map(({ topic, state }) => pastOf(topic, state));
};

export interface Around {
  /** The oldest first, ended runs alone. */
  runs: Past[];
  /** The last that was good, before the run at hand. */
  lastGood: Past | null;
  /** The first that was good, after it. */
  nextGood: Past | null;
}

export async function around(script: string, hook: string, started: number): Promise<Around> {
  const of = [`script = ${JSON.stringify(script)}`, `hook = ${JSON.stringify(hook)}`];
  const [before, after, good, well] = await Promise.all([
    listed([...of, `started <= ${started}`], "-started", AROUND),
    listed([...of, `started > ${started}`], "started", AROUND),
    listed([...of, `started < ${started}`, "state = done"], "-started", 1),
    listed([...of, `started > ${started}`, "state = done"], "started", 1),
  ]);
  const ended = [...before.reverse(), ...after].filter((run) => !["waiting", "running", ""].includes(run.state));
  return { runs: ended, lastGood: good[0] ?? null, nextGood: well[0] ?? null };
}
