/** What schedules will start, put beside each other: lanes for the time line, a list, and what will collide. */
import { detailsOf, isScheduled, type HookDetail } from "../hooks/hook";
import { DAY, HOUR } from "../format";
import type { Fields } from "../scripts";

/** As GET /api/fires tells it. */
export interface Told {
  now: number;
  hooks: ToldHook[];
}

export interface ToldHook {
  script: string;
  hook: string;
  zone: string;
  usual: number | null;
  times: { at: number; skipped: string | null }[];
  more: boolean;
}

export type SpanName = "hour" | "day" | "week";
export const SPANS: Record<SpanName, number> = { hour: HOUR, day: DAY, week: 7 * DAY };

export interface Fire {
  script: string;
  hook: string;
  at: number;
  usual: number | null;
  kind: "next" | "waits" | "overlap" | "skipped" | "retry";
  /** How long it will wait, and for which hook; the calendar that skips it; the attempt that it will be. */
  by: number;
  because: string;
}

export interface Lane {
  key: string;
  script: string;
  segment: string;
  detail: HookDetail;
  zone: string | null;
  fires: Fire[];
  /** There are too many to draw or list each. */
  dense: boolean;
  more: boolean;
}

/** More marks than this in one lane would be a band anyway. */
const DENSE = 90;
/** A wait that is shorter is none. */
const WAIT = 1e6;

interface Script extends Fields {
  readonly topic: string;
}

/** A lane for each hook that has a schedule, those of one script together; paused ones have no fires. */
export function lanesOf(scripts: Script[], told: Told | null, now: number): Lane[] {
  const by = new Map((told?.hooks ?? []).map((one) => [`${one.script} ${one.hook}`, one]));
  return scripts.flatMap((topic) => {
    const script = topic.get<string>("name") ?? "";
    const details = detailsOf(topic).filter(isScheduled);
    const known = details.flatMap((detail) => by.get(`${script} ${detail.name}`) ?? []);
    const fires = collide(known, new Map(details.map((detail) => [detail.name, detail.overlap])));
    return details.map((detail) => {
      const found = by.get(`${script} ${detail.name}`);
      const own = detail.pause ? [] : fires.filter((fire) => fire.hook === detail.name && fire.at >= now);
      const retry = detail.retry && detail.retry.at >= now ? [retryOf(script, detail, found?.usual ?? null)] : [];
      return {
        key: `${script} ${detail.name}`,
        script,
        segment: topic.topic.split("/")[1] ?? "",
        detail,
        zone: found?.zone ?? null,
        fires: [...retry, ...own].sort((one, other) => one.at - other.at),
        dense: Boolean(found?.more) || own.length > DENSE,
        more: Boolean(found?.more),
      };
    });
  });
}

export interface Band {
  from: number;
  /** null: as far as one looks. */
  to: number | null;
  skipped: boolean;
}

/** A lane of more runs than can be drawn each, as bands: where its runs start, and where a calendar skips them. */
export function bandsOf({ fires, more }: Pick<Lane, "fires" | "more">): Band[] {
  const bands: Band[] = [];
  for (const { at, kind } of fires) {
    const skipped = kind === "skipped";
    const last = bands.at(-1);
    if (last?.skipped === skipped) continue;
    if (last) last.to = at;
    bands.push({ from: at, to: null, skipped });
  }
  // What comes behind the last run that the hub told is not known to be skipped.
  const [last, end] = [bands.at(-1), fires.at(-1)];
  if (more && end && last?.skipped) {
    last.to = end.at;
    bands.push({ from: end.at, to: null, skipped: false });
  }
  return bands;
}

const retryOf = (script: string, detail: HookDetail, usual: number | null): Fire => ({
  script, hook: detail.name, at: detail.retry?.at ?? 0, usual, kind: "retry", by: detail.retry?.attempt ?? 0, because: "",
});

/**
 * Plays one script's planned runs on its one worker, each as long as it usually takes: who waits for whom, and which find
 * the run before of their own hook not over.
 */
export function collide(hooks: ToldHook[], overlaps: Map<string, string>): Fire[] {
  const fires: Fire[] = hooks.flatMap((hook) =>
    hook.times.map(({ at, skipped }) => ({
      script: hook.script, hook: hook.hook, at, usual: hook.usual, kind: skipped === null ? ("next" as const) : ("skipped" as const), by: 0, because: skipped ?? "",
    })),
  );
  // Of those that are due at once any may be the first: the longest shows what may happen to the others.
  fires.sort((one, other) => one.at - other.at || (other.usual ?? 0) - (one.usual ?? 0));
  let free = -Infinity;
  const busy = new Map<string, Busy>();
  for (const fire of fires) {
    if (fire.kind === "skipped") continue;
    const own = busy.get(fire.hook);
    const overlap = overlaps.get(fire.hook) ?? "skip";
    if (own && own.end > fire.at && (own.start > fire.at || overlap === "skip")) {
      fire.kind = "overlap";
      continue;
    }
    if (overlap === "allow" || (overlap === "cancel" && own && own.end > fire.at)) continue;
    const start = Math.max(fire.at, free);
    if (start - fire.at >= WAIT) Object.assign(fire, { kind: "waits", by: start - fire.at, because: longest(busy, fire.at) });
    free = start + (fire.usual ?? 0);
    busy.set(fire.hook, { start, end: free });
  }
  return fires;
}

interface Busy {
  start: number;
  end: number;
}

/** Of the hooks that run or wait at a moment: the one that takes the longest. */
function longest(busy: Map<string, Busy>, at: number): string {
  const before = [...busy].filter(([, one]) => one.end > at);
  return before.sort(([, one], [, other]) => other.end - other.start - (one.end - one.start))[0]?.[0] ?? "";
}

/** What can be listed one by one, the next first; `often` are the hooks that run too often for that. */
export function listOf(lanes: Lane[], most: number): { fires: Fire[]; rest: number; often: Lane[] } {
  const often = lanes.filter((lane) => lane.dense);
  const fires = lanes
    .flatMap((lane) => (lane.dense ? lane.fires.filter((fire) => fire.kind === "retry") : lane.fires))
    .sort((one, other) => one.at - other.at || (one.script < other.script ? -1 : 1));
  return { fires: fires.slice(0, most), rest: Math.max(0, fires.length - most), often };
}

/** When the answer has to be read anew: a hook came, went, was paused, or is due at another time (but not those due all the time). */
export function stampOf(scripts: Script[]): string {
  return scripts
    .flatMap((topic) =>
      detailsOf(topic)
        .filter(isScheduled)
        .map((hook) => `${topic.topic} ${hook.name} ${hook.text} ${hook.pause?.at ?? ""} ${(hook.every ?? HOUR) < 60e6 || hook.cron?.split(" ").length === 6 ? "" : (hook.next ?? "")}`),
    )
    .join("\n");
}
