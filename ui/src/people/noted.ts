/** An event of the audit log in words. */
import { at } from "../base";
import { buildPath, decoded, runPath, scriptPath } from "../router.svelte";
import { people } from "../texts/people";
import type { Noted } from "./eventlist.svelte";

export interface About {
  text: string;
  path: string | null;
}

/** What it is about, and the page that shows it. */
export function aboutOf(noted: Noted): About {
  const [root, segment = "", part, id = ""] = noted.about.split("/");
  const script = typeof noted.data?.["script"] === "string" ? noted.data["script"] : null;
  if (root === "run") return { text: script ?? segment, path: runPath(segment) };
  if (root === "script") return { text: decoded(segment), path: scriptPath(segment) };
  if (root === "account" || root === "token") return { text: decoded(segment), path: at("/settings") };
  if (root === "service" && part === "build") return { text: decoded(segment), path: buildPath(segment, id) };
  if (root === "retention") return { text: "", path: at("/settings/retention") };
  return { text: noted.about.split("/").map(decoded).join("/"), path: null };
}

export const whatOf = (noted: Noted): string => people.audit.names[noted.name] ?? noted.name.replaceAll("_", " ").replace(".", ": ");

const SHOWN_ELSEWHERE = ["script", "name", "due", "cause"];

/** The rest of what is known, as name and value. */
export function detailsOf(noted: Noted): string {
  return Object.entries(noted.data ?? {})
    .filter(([name, value]) => !SHOWN_ELSEWHERE.includes(name) && value !== null)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(" to ") : typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(", ");
}
