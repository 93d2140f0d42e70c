/** Numbers, durations and times as the page writes them. Times and durations are integer microseconds, times in UTC. */

const THIN = "\u2009";
const MINUS = "\u2212";
export const SECOND = 1e6;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const grouped = new Map<string, Intl.NumberFormat>();

function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${options.minimumFractionDigits} ${options.maximumFractionDigits} ${options.maximumSignificantDigits}`;
  let found = grouped.get(key);
  if (!found) grouped.set(key, (found = new Intl.NumberFormat("en-US", options)));
  return found;
}

function write(value: number, options: Intl.NumberFormatOptions): string {
  return formatter(options).format(value).replaceAll(",", THIN).replace("-", MINUS);
}

/** At most six digits of a fraction are shown, fewer the larger the number is; whole numbers are exact. */
export function number(value: number, decimals?: number): string {
  if (!Number.isFinite(value)) return "unknown";
  if (decimals !== undefined) return write(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  if (Number.isInteger(value)) return write(value, { maximumFractionDigits: 0 });
  return write(value, { maximumSignificantDigits: Math.max(6, Math.ceil(Math.log10(Math.abs(value) + 1))) });
}

/** 1.2 M from a million on, exact under it. */
export function compact(value: number): string {
  return Math.abs(value) < 1e6 ? number(value) : scaled(value, ["", " k", " M", " G", " T"]);
}

/** Bytes in powers of 1000: 41 MB. */
export function bytes(value: number): string {
  return Math.abs(value) < 1000 ? `${number(Math.round(value))} B` : scaled(value, [" B", " kB", " MB", " GB", " TB", " PB"]);
}

function scaled(value: number, units: string[]): string {
  let step = Math.min(units.length - 1, Math.floor(Math.log10(Math.abs(value)) / 3));
  let size = value / 1000 ** step;
  if (Math.abs(size) >= 999.5 && step < units.length - 1) {
    size /= 1000;
    step += 1;
  }
  return write(size, Math.abs(size) < 10 ? { maximumFractionDigits: 1 } : { maximumFractionDigits: 0 }) + units[step];
}

/** A share of 0 to 1 in percent, rounded down: 100 % means done. */
export function percent(share: number, decimals = 0): string {
  const steps = 10 ** decimals;
  // The sliver keeps 0.29 * 100 = 28.999999999999996 from reading as 28.
  return `${number(Math.floor(share * 100 * steps + 1e-9) / steps, decimals)} %`;
}

/** How long something took: 4 ms, 1.32 s, 2 min 12 s, 1 h 12 min, 6 d 4 h. */
export function duration(us: number): string {
  const size = Math.abs(us);
  const sign = us < 0 ? MINUS : "";
  if (size < 1000) return `${sign}${Math.round(size)} µs`;
  if (size < 999_500) return `${sign}${Math.round(size / 1000)} ms`;
  if (size < 59.95 * SECOND) return `${sign}${(size / SECOND).toPrecision(3)} s`;
  return sign + twoUnits(Math.round(size / SECOND));
}

function twoUnits(seconds: number): string {
  const steps: [number, string, number, string][] = [
    [86400, "d", 3600, "h"],
    [3600, "h", 60, "min"],
    [60, "min", 1, "s"],
  ];
  for (const [large, largeName, small, smallName] of steps) {
    if (seconds < large) continue;
    const rest = Math.floor((seconds % large) / small);
    return `${Math.floor(seconds / large)} ${largeName}${rest ? ` ${rest} ${smallName}` : ""}`;
  }
  return `${seconds} s`;
}

/** A planned length, as a schedule says it: 1 s, 5 min, 1 h 30 min. */
export function span(us: number): string {
  if (us < SECOND) return `${Math.round(us / 1000)} ms`;
  if (us < MINUTE) return `${number(us / SECOND)} s`;
  return twoUnits(Math.round(us / SECOND));
}

/** How far away a time is, in whole seconds under a minute, then in minutes, so that it does not dance. */
export function distance(us: number): string {
  const seconds = Math.floor(Math.abs(us) / SECOND);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return twoUnits(seconds);
}

/** How long until what is due: "now" when it is, for a plan is never behind. */
export const soon = (us: number): string => (us < SECOND ? "now" : distance(us));

/** "4 min ago", "in 17 min", up to seven days; then the date. */
export function relative(time: number, now: number): string {
  const away = time - now;
  if (Math.abs(away) < SECOND) return "now";
  if (Math.abs(away) >= 7 * DAY) return date(time, now);
  return away < 0 ? `${distance(away)} ago` : `in ${distance(away)}`;
}

const calendar = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-GB", options);
const shortDate = calendar({ day: "numeric", month: "short" });
const longDate = calendar({ day: "numeric", month: "short", year: "numeric" });
const weekday = calendar({ weekday: "short" });
const hms = calendar({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const hm = calendar({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const zoneName = calendar({ timeZoneName: "short", year: "numeric" });

const toDate = (time: number) => new Date(Math.floor(time / 1000));
const two = (value: number) => String(value).padStart(2, "0");

/** "3 Mar", with the year if it is another one. */
export function date(time: number, now: number): string {
  const day = toDate(time);
  return (day.getFullYear() === toDate(now).getFullYear() ? shortDate : longDate).format(day);
}

/** "03:07:24" */
export const clock = (time: number): string => hms.format(toDate(time));

/** "03:07:24.018" */
export const clockMillis = (time: number): string =>
  `${hms.format(toDate(time))}.${String(Math.floor(time / 1000) % 1000).padStart(3, "0")}`;

/** "03:07" */
export const clockShort = (time: number): string => hm.format(toDate(time));

/** "Thu 12 Mar, 03:12:40" */
export const dayClock = (time: number): string =>
  `${weekday.format(toDate(time))} ${shortDate.format(toDate(time))}, ${clock(time)}`;

/** "12 Mar, 03:00:00"; only the time when it is today. */
export function dateClock(time: number, now: number): string {
  const same = toDate(time).toDateString() === toDate(now).toDateString();
  return same ? clock(time) : `${date(time, now)}, ${clock(time)}`;
}

/** "2026-03-12": dates in tables of data. */
export function isoDate(time: number): string {
  const day = toDate(time);
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** "2026-03-12 03:08:12 CET" */
export function absolute(time: number): string {
  const zone = zoneName.formatToParts(toDate(time)).find((part) => part.type === "timeZoneName")?.value ?? "";
  return `${isoDate(time)} ${clock(time)} ${zone}`.trim();
}

/** The machine's form for <time datetime>. */
export const machine = (time: number): string => toDate(time).toISOString();

export const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The name of a time zone if it is another than the viewer's, by the name that the browser has for it: some have several. */
export function zoneElsewhere(name: string | undefined): string | null {
  let known = name ?? zone();
  try {
    known = Intl.DateTimeFormat("en", { timeZone: known }).resolvedOptions().timeZone;
  } catch {
    // A zone that this browser does not know is another than its own.
  }
  return known === zone() ? null : known;
}

/** A value that a script gave, as text: numbers as the page writes them, missing as a word. */
export function value(given: unknown): string {
  if (typeof given === "number") return number(given);
  if (given === null || given === undefined) return "none";
  if (typeof given === "string") return given;
  if (typeof given === "boolean") return given ? "yes" : "no";
  return JSON.stringify(given);
}

/** Cuts what is too long for a cell of a table. */
export const cell = (text: string, most = 200): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** A value beside its name: five digits are enough to read, and do not dance. */
export const brief = (given: number): string =>
  Number.isInteger(given) ? number(given) : write(given, { maximumSignificantDigits: 5 });

/** How many decimals a column of numbers shares, so that its points stand under each other. */
export function decimalsOf(values: unknown[], most = 4): number {
  const lengths = values.map((one) => (typeof one === "number" && !Number.isInteger(one) ? (String(one).split(/[.e]/)[1]?.length ?? 0) : 0));
  return Math.min(most, Math.max(0, ...lengths));
}

/** A reason as the beginning of a sentence; the name of an error stays as it is. */
export const capital = (text: string): string => (/^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text);

/** With a full stop, if it has no end yet. */
export const sentence = (text: string): string => (/[.!?:…]$/.test(text) ? text : `${text}.`);

/** "1 run", "3 runs", "none" is the caller's. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;
