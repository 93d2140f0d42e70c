/** How frames travel. A transport is opened once, tells what happens to it, and is thrown away when it closes. */
import { at } from "../base";
import { decode, encode, type Received, type Sent } from "./frames";

export interface Events {
  opened(): void;
  received(frames: Received[]): void;
  /** Called once, whether it was ever open or not. */
  closed(): void;
}

export interface Transport {
  send(frames: Sent[]): void;
  close(): void;
}

export type Open = (events: Events) => Transport;

/** The WebSocket: the first choice. */
export const openSocket: Open = (events) => {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}${at("/api/live")}`);
  let over = false;
  const end = () => {
    if (!over) events.closed();
    over = true;
  };
  socket.onopen = () => events.opened();
  socket.onmessage = (message) => {
    if (!over) events.received(decode(message.data as string));
  };
  socket.onclose = end;
  return {
    send: (frames) => socket.send(encode(frames)),
    close() {
      socket.close();
      end();
    },
  };
};

/** A transport that is loaded when it is first needed. */
export const opensLoaded =
  (load: () => Promise<Open>): Open =>
  (events) => {
    let transport: Transport | null = null;
    let over = false;
    const end = () => {
      if (!over) events.closed();
      over = true;
    };
    load().then((open) => {
      if (!over) transport = open(events);
    }, end);
    return {
      send: (frames) => transport?.send(frames),
      close: () => (transport ? transport.close() : end()),
    };
  };
