/** A build against another: what became slower or faster beyond what is chance, what fails now, what came and went.
 *
 * A test is slower if its quicker repetitions are, by more than a fifth, by more than a millisecond, and by more than four times
 * what chance explains: how far its repetitions are apart, and how far all tests together are apart between the two builds; and if
 * three quarters of its repetitions take longer than three quarters did before. What all tests have in common (a slower machine) is
 * taken off first. */

/** What one test, or the requests to one endpoint, did in a build: seconds, one a repetition. */
export interface Did {
  took: number[];
  failed?: number;
  error?: string;
  called?: string;
}

export type State = "failed" | "flaky" | "passed";

export interface Change {
  name: string;
  /** What its topic calls it. */
  called: string;
  /** Seconds that it takes undisturbed; null where it was not there. */
  before: number | null;
  after: number | null;
  /** Its growth as a share of what it was, without what all tests have in common; null where it cannot be told. */
  share: number | null;
  verdict: "slower" | "faster" | "same" | "untold";
  was: State | null;
  is: State | null;
  error: string;
}

export interface Comparison {
  /** The growth that all tests have in common. */
  pace: number;
  /** Whether there are repetitions enough in both to tell slower from chance. */
  told: boolean;
  all: Change[];
}

/** Repetitions without which nothing can be said. */
export const ENOUGH = 3;
/** Tests without which nothing can be said of all of them together. */
const MANY = 10;
/** Between two builds even the same code differs by so much, whatever its repetitions say. */
const BETWEEN = 0.05;
/** The same where there are too few tests to see it. */
const BETWEEN_FEW = 0.1;
const CERTAIN = 4;
const WORTH = Math.log(1.2);
const LEAST = 1e-3;
/** Makes of a mean or median distance what a standard deviation would be. */
const [OF_MEAN, OF_MEDIAN] = [1.2533, 1.4826];

export const middle = (values: readonly number[]): number => {
  const sorted = [...values].sort((one, other) => one - other);
  const half = sorted.length >> 1;
  return sorted.length === 0 ? 0 : sorted.length % 2 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
};

/** What a quarter of the repetitions stays below: what disturbs some of them makes them longer, never shorter. */
export const undisturbed = (values: readonly number[]): number => at(values, Math.floor((values.length - 1) / 4));
/** What a quarter of the repetitions exceeds. */
const slow = (values: readonly number[]): number => at(values, Math.ceil((3 * (values.length - 1)) / 4));
const at = (values: readonly number[], place: number): number => [...values].sort((one, other) => one - other)[place] ?? 0;

export const stateOf = (did: Did | undefined): State | null =>
  did === undefined ? null : !did.failed ? "passed" : did.failed >= did.took.length ? "failed" : "flaky";

const logs = (did: Did): number[] => did.took.map((seconds) => Math.log(Math.max(seconds, 1e-6)));

/** How far repetitions are apart, as a share; the slowest quarter is left out, if that is one at least. */
function spreadOf(did: Did): number {
  const all = logs(did).sort((one, other) => one - other);
  const kept = all.slice(0, Math.ceil(all.length * 0.75));
  const centre = undisturbed(all);
  return (OF_MEAN * kept.reduce((sum, one) => sum + Math.abs(one - centre), 0)) / Math.max(1, kept.length);
}

interface Pair {
  name: string;
  one: Did;
  other: Did;
  /** The logarithm of how many times as long. */
  ratio: number;
}

const isTold = (did: Did): boolean => !did.failed && did.took.length >= ENOUGH;

export function compare(before: ReadonlyMap<string, Did>, after: ReadonlyMap<string, Did>): Comparison {
  const pairs: Pair[] = [];
  for (const [name, other] of after) {
    const one = before.get(name);
    if (one && isTold(one) && isTold(other)) pairs.push({ name, one, other, ratio: undisturbed(logs(other)) - undisturbed(logs(one)) });
  }
  const many = pairs.length >= MANY;
  const pace = many ? middle(pairs.map((pair) => pair.ratio)) : 0;
  const apart = many ? OF_MEDIAN * middle(pairs.map((pair) => Math.abs(pair.ratio - pace))) : BETWEEN_FEW;
  const between = Math.max(BETWEEN, apart);
  // Three repetitions may agree by luck: none counts as steadier than most are.
  const usual = middle(pairs.flatMap((pair) => [spreadOf(pair.one), spreadOf(pair.other)]));
  const verdicts = new Map(pairs.map((pair) => [pair.name, judged(pair, pace, between, usual)]));
  const names = [...new Set([...after.keys(), ...before.keys()])];
  return { pace: Math.exp(pace) - 1, told: pairs.length > 0, all: names.map((name) => changeOf(name, before.get(name), after.get(name), verdicts.get(name))) };
}

interface Judged {
  share: number;
  verdict: Change["verdict"];
}

function judged({ one, other, ratio }: Pair, pace: number, between: number, usual: number): Judged {
  const error = (did: Did) => Math.max(spreadOf(did), usual) ** 2 / did.took.length;
  const grown = ratio - pace;
  const chance = Math.sqrt(between ** 2 + error(one) + error(other));
  const seconds = Math.abs(Math.exp(grown) - 1) * undisturbed(one.took);
  const gap = grown > 0 ? undisturbed(logs(other)) - pace - slow(logs(one)) : undisturbed(logs(one)) + pace - slow(logs(other));
  const isSure = Math.abs(grown) >= Math.max(WORTH, CERTAIN * chance) && gap > 0 && seconds >= LEAST;
  return { share: Math.exp(grown) - 1, verdict: !isSure ? "same" : grown > 0 ? "slower" : "faster" };
}

function changeOf(name: string, one: Did | undefined, other: Did | undefined, judgement: Judged | undefined): Change {
  return {
    name,
    called: (other ?? one)?.called ?? name,
    before: one && one.took.length > 0 ? undisturbed(one.took) : null,
    after: other && other.took.length > 0 ? undisturbed(other.took) : null,
    share: judgement?.share ?? null,
    verdict: judgement?.verdict ?? "untold",
    was: stateOf(one),
    is: stateOf(other),
    error: other?.error ?? "",
  };
}

/** Whether a test fails that passed, or was not there; and the other way. */
const isBad = (state: State | null): boolean => state === "failed" || state === "flaky";
export const failsNow = (change: Change): boolean => isBad(change.is) && !isBad(change.was);
export const isMended = (change: Change): boolean => isBad(change.was) && change.is === "passed";
export const hasAppeared = (change: Change): boolean => change.was === null;
export const hasVanished = (change: Change): boolean => change.is === null;

/** The changes that are worth a word, the greatest first. */
export const slower = (all: readonly Change[]): Change[] =>
  all.filter((one) => one.verdict === "slower").sort((one, other) => (other.share ?? 0) - (one.share ?? 0));
export const faster = (all: readonly Change[]): Change[] =>
  all.filter((one) => one.verdict === "faster").sort((one, other) => (one.share ?? 0) - (other.share ?? 0));
