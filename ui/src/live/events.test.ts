import { expect, it } from "vitest";
import { opensEvents, type Source } from "./events";
import type { Received } from "./frames";
import { opensLoaded, type Events, type Open } from "./transport";

const settled = () => new Promise((done) => setTimeout(done, 0));

function staged() {
  const stage = { told: [] as Received[], said: [] as string[], opened: 0, closed: 0, fails: false, left: 0, release: () => undefined as void };
  const source = { onopen: null, onmessage: null, onerror: null, close: () => void (stage.left += 1) } as Source;
  const say = (path: string, message: string) => {
    stage.said.push(`${path} ${message}`);
    return stage.fails ? Promise.reject(new Error("away")) : new Promise<void>((done) => void (stage.release = done));
  };
  const stream = opensEvents(() => source, say, () => "c1")({
    opened: () => void (stage.opened += 1),
    received: (frames) => void stage.told.push(...frames),
    closed: () => void (stage.closed += 1),
  });
  return { stage, source, stream };
}

it("hears by events and speaks by posts, one after the other", async () => {
  const { stage, source, stream } = staged();
  source.onopen?.call({} as EventSource, new Event("open"));
  expect(stage.opened).toBe(1);
  stream.send([{ t: "watch", id: "w1", topics: ["a"] }, { t: "unwatch", id: "w0" }]);
  stream.send([{ t: "unwatch", id: "w1" }]);
  await settled();
  const path = "/api/live/events?connection=c1";
  const first = `${path} {"t":"watch","id":"w1","topics":["a"]}\n{"t":"unwatch","id":"w0"}`;
  expect(stage.said).toEqual([first]);
  stage.release();
  await settled();
  expect(stage.said).toEqual([first, `${path} {"t":"unwatch","id":"w1"}`]);
  const data = '{"t":"patch","topic":"a","seq":1,"ops":[]}\n{"t":"reply","id":"w1","seq":1}';
  source.onmessage?.call({} as EventSource, new MessageEvent("message", { data }));
  expect(stage.told.map((frame) => frame.t)).toEqual(["patch", "reply"]);
});

it("ends once, by whichever way it is lost, and says nothing more", async () => {
  const lost = staged();
  lost.source.onerror?.call({} as EventSource, new Event("error"));
  lost.stream.close();
  lost.stream.send([{ t: "unwatch", id: "w1" }]);
  await settled();
  expect(lost.stage).toMatchObject({ closed: 1, left: 1, said: [] });

  const unheard = staged();
  unheard.stage.fails = true;
  unheard.stream.send([{ t: "unwatch", id: "w1" }]);
  await settled();
  expect(unheard.stage).toMatchObject({ closed: 1, left: 1 });
});

it("is opened when it has been loaded, unless it was given up meanwhile", async () => {
  const opened: Events[] = [];
  const open: Open = (events) => {
    opened.push(events);
    return { send: () => undefined, close: () => events.closed() };
  };
  let closed = 0;
  const events = { opened: () => undefined, received: () => undefined, closed: () => void (closed += 1) };
  opensLoaded(() => Promise.resolve(open))(events).close();
  await settled();
  expect([opened.length, closed]).toEqual([0, 1]);
  const transport = opensLoaded(() => Promise.resolve(open))(events);
  await settled();
  transport.close();
  expect([opened.length, closed]).toEqual([1, 2]);
  opensLoaded(() => Promise.reject(new Error("away")))(events);
  await settled();
  expect(closed).toBe(3);
});
