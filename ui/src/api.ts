/** Requests to the hub. Errors come as the hub says them: code, message and the mend. */
import { at } from "./base";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string = "",
  ) {
    super(message);
  }
}

let csrf = "";
let onUnauthorised: () => void = () => undefined;

/** Says which token guards changes, and what to do when the session has ended. */
export function configure(token: string, unauthorised?: () => void): void {
  csrf = token;
  if (unauthorised) onUnauthorised = unauthorised;
}

async function request(method: string, path: string, body?: unknown): Promise<unknown> {
  const headers: Record<string, string> = {};
  if (method !== "GET" && csrf) headers["X-CSRF-Token"] = csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await fetch(at(path), init).catch((reason: unknown) => {
    throw new ApiError(0, "unreachable", "The hub did not answer.", reason instanceof Error ? reason.message : "");
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer;
  if (response.status === 401 && path !== "/api/login") onUnauthorised();
  throw failure(response.status, answer);
}

function failure(status: number, answer: unknown): ApiError {
  const given = (answer as { error?: { code?: string; message?: string; hint?: string } } | null)?.error;
  return new ApiError(
    status,
    given?.code ?? `http_${status}`,
    given?.message ?? `The hub answered ${status}.`,
    given?.hint ?? "",
  );
}

/** Reads the whole address of what is no JSON document. */
export async function text(address: string): Promise<string> {
  const response = await fetch(address, { credentials: "same-origin" });
  if (response.status === 401) onUnauthorised();
  if (!response.ok) throw failure(response.status, await response.json().catch(() => null));
  return response.text();
}

/** Posts frames, a line each; the answer's text. */
export async function say(path: string, message: string): Promise<string> {
  const headers = { "Content-Type": "application/x-ndjson", "X-CSRF-Token": csrf };
  const response = await fetch(at(path), { method: "POST", headers, body: message, credentials: "same-origin" });
  if (response.status === 401) onUnauthorised();
  if (!response.ok) throw failure(response.status, await response.json().catch(() => null));
  return response.text();
}

export const get = <T>(path: string): Promise<T> => request("GET", path) as Promise<T>;
export const post = <T>(path: string, body: unknown = {}): Promise<T> => request("POST", path, body) as Promise<T>;
export const put = <T>(path: string, body: unknown): Promise<T> => request("PUT", path, body) as Promise<T>;
export const remove = (path: string): Promise<unknown> => request("DELETE", path);

/** Asks the owner of a topic to do something; the result is the owner's. */
export async function call<T>(topic: string, name: string, args: Record<string, unknown> = {}): Promise<T> {
  const answer = await post<{ reply: T }>("/api/calls", { topic, name, args });
  return answer.reply;
}
