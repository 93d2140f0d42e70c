/** The frames of the protocol as this side sees them: docs/protocol.md says each by example. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Op = [string, ...unknown[]];

export interface Query {
  kind?: string;
  prefix?: string;
  where?: string[];
  order?: string;
  q?: string;
  /** Where the page begins: see `cursorOf`. */
  after?: string;
  limit?: number;
}

/** What a watch asks for; `window` is the minutes of series cells to come along. */
export type Interest = ({ topics: string[] } | { prefix: string } | { query: Query }) & { window?: number };

export interface Hello {
  t: "hello";
  version: number;
  deck: string;
  name: string;
  epoch: string;
  seq: number;
  now: number;
}

export interface Snapshot {
  t: "snapshot";
  topic: string;
  seq: number;
  epoch: string;
  kind: string | null;
  state: Record<string, unknown>;
  types: Record<string, [string] | [string, number]>;
  cells?: Record<string, Record<string, unknown>>;
  missing?: boolean;
}

export interface Patch {
  t: "patch";
  topic: string;
  seq: number;
  ops: Op[];
}

export interface Reply {
  t: "reply";
  id?: string;
  seq?: number;
  topic?: string;
  /** The hub no longer knows all that ended since the moment from which we resumed. */
  fresh?: boolean;
  error?: { code: string; message: string; hint?: string };
}

export type Received = Hello | Snapshot | Patch | Reply;
export type Sent =
  | { t: "hello"; version: 1; features: string[] }
  | ({ t: "watch"; id: string; epoch?: string; after?: number } & Interest)
  | { t: "unwatch"; id: string };

/** One message is one or more frames, a line each. Frames of other kinds are skipped: newer hubs may send them. */
export function decode(message: string): Received[] {
  const frames: Received[] = [];
  for (const line of message.split("\n")) {
    if (line.trim() === "") continue;
    const frame = JSON.parse(line) as Received;
    if (["hello", "snapshot", "patch", "reply"].includes(frame.t)) frames.push(frame);
  }
  return frames;
}

export const encode = (frames: Sent[]): string => frames.map((frame) => JSON.stringify(frame)).join("\n");
