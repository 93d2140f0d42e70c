/** Which page an address means. Names in addresses are encoded as topics encode them, so an address holds a topic. */
import { at, base } from "./base";

export type ScriptTab = "panel" | "runs" | "log" | "hooks" | "source";
export type SettingsTab = "tokens" | "retention" | "audit" | "hub" | "appearance";
export type Route =
  | { page: "overview" }
  | { page: "scripts" }
  | { page: "schedules" }
  | { page: "script"; segment: string; tab: ScriptTab; rest: string[] }
  | { page: "runs" }
  | { page: "run"; id: string }
  | { page: "compare"; id: string; other: string }
  | { page: "jobs" }
  | { page: "job"; id: string }
  | { page: "services" }
  | { page: "service"; segment: string; tab: string }
  | { page: "endpoint"; service: string; segment: string; tab: string }
  | { page: "part"; of: string; service: string; id: string }
  | { page: "kind"; name: string }
  | { page: "topic"; topic: string }
  | { page: "settings"; tab: SettingsTab }
  | { page: "login" }
  | { page: "missing"; path: string };

export const SCRIPT_TABS: readonly ScriptTab[] = ["panel", "runs", "log", "hooks", "source"];
/** How many names may stand behind a tab: a hook, and the run whose arguments it is given again; a file. */
const REST: Partial<Record<ScriptTab, number>> = { hooks: 2, source: 1 };
const SETTINGS_TABS: readonly string[] = ["tokens", "retention", "audit", "hub", "appearance"];

/** What a service has pages of their own for, besides endpoints. */
const PARTS = ["exceptions", "outliers", "builds", "tests"];

export function routeOf(path: string): Route {
  const [first, second, third, ...more] = path.split("/").filter((part) => part !== "");
  const missing: Route = { page: "missing", path };
  if (first === "scripts" && second !== undefined) return script(second, third ?? "panel", more) ?? missing;
  if (first === "runs" && second !== undefined && third === "with" && more.length === 1) return { page: "compare", id: second, other: more[0] ?? "" };
  if (first === "services" && second !== undefined && third === "endpoints" && (more.length === 1 || more.length === 2)) return { page: "endpoint", service: second, segment: more[0] ?? "", tab: more[1] ?? "" };
  if (first === "services" && second !== undefined && PARTS.includes(third ?? "") && more.length === 1) return { page: "part", of: third ?? "", service: second, id: more[0] ?? "" };
  if (first === "topics" && second !== undefined) return { page: "topic", topic: path.split("/").filter((part) => part !== "").slice(1).join("/") };
  if (more.length > 0) return missing;
  if (first === undefined) return { page: "overview" };
  if (first === "login" && second === undefined) return { page: "login" };
  if (first === "scripts") return { page: "scripts" };
  if (first === "schedules" && second === undefined) return { page: "schedules" };
  if (first === "runs" && third === undefined) return second === undefined ? { page: "runs" } : { page: "run", id: second };
  if (first === "jobs" && third === undefined) return second === undefined ? { page: "jobs" } : { page: "job", id: second };
  if (first === "services") return second === undefined ? { page: "services" } : { page: "service", segment: second, tab: third ?? "" };
  if (first === "kinds" && second !== undefined && third === undefined) return { page: "kind", name: decoded(second) };
  if (first === "settings" && third === undefined && SETTINGS_TABS.includes(second ?? "tokens"))
    return { page: "settings", tab: (second ?? "tokens") as SettingsTab };
  return missing;
}

function script(segment: string, name: string, rest: string[]): Route | null {
  const tab = SCRIPT_TABS.find((one) => one === name);
  return tab === undefined || rest.length > (REST[tab] ?? 0) ? null : { page: "script", segment, tab, rest: rest.map(decoded) };
}

export const scriptPath = (segment: string, tab: ScriptTab = "panel"): string =>
  `${at("/scripts")}/${segment}${tab === "panel" ? "" : `/${tab}`}`;
/** Where a hook is run with arguments: those of an earlier run, if one is named. */
export const hookPath = (segment: string, hook: string, run?: string): string =>
  `${scriptPath(segment, "hooks")}/${encoded(hook)}${run === undefined ? "" : `/${encoded(run)}`}`;
/** A file of a script, at a line if one is named. */
export const sourcePath = (segment: string, file: string, line?: number): string =>
  `${scriptPath(segment, "source")}/${encoded(line === undefined ? file : `${file}:${line}`)}`;
export const comparePath = (id: string, other: string): string => `${runPath(id)}/with/${other}`;
export const kindPath = (name: string): string => at(`/kinds/${encoded(name)}`);
/** A topic's own page; a topic is encoded already. */
export const topicPath = (topic: string): string => at(`/topics/${topic}`);
/** A service, or a tab of its page. */
export const servicePath = (segment: string, tab = ""): string => at(`/services/${segment}${tab === "" ? "" : `/${tab}`}`);
export const endpointPath = (service: string, segment: string, tab = ""): string => `${servicePath(service, "endpoints")}/${segment}${tab === "" ? "" : `/${tab}`}`;
export const outlierPath = (service: string, id: string): string => `${servicePath(service, "outliers")}/${id}`;
export const exceptionPath = (service: string, id: string): string => `${servicePath(service)}/exceptions/${id}`;
export const buildPath = (service: string, id: string): string => `${servicePath(service, "builds")}/${id}`;
export const testPath = (service: string, segment: string): string => `${servicePath(service, "tests")}/${segment}`;
export const jobPath = (id: string): string => at(`/jobs/${id}`);
export const runPath = (id: string): string => at(`/runs/${id}`);

/** The readable name of a topic's segment. */
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** A name as a segment of a topic: everything but letters, digits and -._~ is percent-encoded. */
export const encoded = (name: string): string =>
  encodeURIComponent(name).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Where a row of a table leads, from anywhere in it but its own controls; not while its text is being selected. */
function rowLink(target: Element): HTMLAnchorElement | null {
  if (target.closest("button, input, select, textarea, label, summary") || getSelection()?.type === "Range") return null;
  return target.closest(".table tbody tr")?.querySelector<HTMLAnchorElement>(":scope > th > a.name") ?? null;
}

class Router {
  #path = $state(location.pathname);
  #search = $state(location.search);
  readonly route = $derived(routeOf(this.#path.slice(base.length)));
  /** What stands behind the question mark. */
  readonly query = $derived(new URLSearchParams(this.#search));
  /** This page was come to by the browser's back or forward. */
  returned = false;

  get path(): string {
    return this.#path;
  }

  /** Path and query, as the browser has them. */
  get address(): string {
    return this.#path + this.#search;
  }

  go(address: string, replace = false): void {
    if (replace) history.replaceState(null, "", address);
    else if (address !== location.pathname + location.search) history.pushState(null, "", address);
    this.returned = false;
    this.#moved();
  }

  /** Asks this page for something else, what is empty being not said; unless it is a `replace`, back leads to what was asked before. */
  ask(query: Record<string, string>, replace = false): void {
    this.#say(new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")), replace);
  }

  /** Asks this page for the same but for this, "" and [] being not said; back does not lead to what was asked before. */
  turn(query: Record<string, string | readonly string[]>): void {
    const said = new URLSearchParams(this.#search);
    for (const [name, value] of Object.entries(query)) {
      said.delete(name);
      for (const one of value === "" ? [] : [value].flat()) said.append(name, one);
    }
    this.#say(said, true);
  }

  /** Follows the links of the page and the browser's own back and forward. */
  start(): void {
    addEventListener("popstate", () => {
      this.returned = true;
      this.#moved();
    });
    document.addEventListener("click", (event) => this.#clicked(event));
  }

  #clicked(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest("a") ?? (target === null ? null : rowLink(target));
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.hash && link.pathname === location.pathname) return;
    if (link.pathname.startsWith(at("/api/")) || !`${link.pathname}/`.startsWith(at("/"))) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }

  #say(query: URLSearchParams, replace: boolean): void {
    this.go(query.size === 0 ? this.#path : `${this.#path}?${query}`, replace);
  }

  #moved(): void {
    const changed = this.#path !== location.pathname;
    this.#path = location.pathname;
    this.#search = location.search;
    if (changed) scrollTo(0, 0);
  }
}

export const router = new Router();
