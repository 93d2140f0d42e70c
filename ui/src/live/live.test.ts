import { describe, expect, it, vi } from "vitest";
import { LiveClient, type ClientWorld } from "./client";
import { decode, type Received, type Sent } from "./frames";
import type { Events, Open } from "./transport";
import { compare } from "./watch";

/** A hub that answers what the test says, over transports that it opens and closes; time passes when told to. */
class Stage {
  time = 0;
  timers: { at: number; act: () => void }[] = [];
  frames: (() => void)[] = [];
  sent: Sent[] = [];
  opened = 0;
  reachable = true;
  events: Events | null = null;
  readonly open: Open = (events) => {
    this.opened += 1;
    this.events = events;
    return {
      send: (frames) => void this.sent.push(...frames),
      close: () => this.drop(),
    };
  };
  readonly world: ClientWorld = {
    now: () => this.time,
    later: (milliseconds, act) => {
      const timer = { at: this.time + milliseconds, act };
      this.timers.push(timer);
      return () => void (this.timers = this.timers.filter((one) => one !== timer));
    },
    random: () => 0.5,
    reachable: () => Promise.resolve(this.reachable),
    frame: (act) => void this.frames.push(act),
  };
  readonly client: LiveClient;

  constructor(...others: Open[]) {
    this.client = new LiveClient([this.open, ...others], this.world, () => undefined);
  }

  connect(epoch = "E1", seq = 0): void {
    this.events?.opened();
    this.say({ t: "hello", version: 1, deck: "d", name: "deck", epoch, seq, now: 5_000_000 });
  }

  say(...frames: Received[]): void {
    this.events?.received(frames);
  }

  drop(): void {
    const events = this.events;
    this.events = null;
    events?.closed();
  }

  pass(milliseconds: number): void {
    this.time += milliseconds;
    for (const timer of this.timers.filter((one) => one.at <= this.time)) {
      this.timers = this.timers.filter((one) => one !== timer);
      timer.act();
    }
  }

  draw(): void {
    for (const act of this.frames.splice(0)) act();
  }

  /** The watches that were asked for since the last question. */
  asked(): Sent[] {
    return this.sent.splice(0).filter((frame) => frame.t !== "hello");
  }
}

const snapshot = (topic: string, seq: number, state: Record<string, unknown>, types = {}): Received => ({
  t: "snapshot", topic, seq, epoch: "E1", kind: null, state, types,
});

function started(): Stage {
  const stage = new Stage();
  stage.client.connection.start();
  stage.connect();
  return stage;
}

describe("watching", () => {
  it("asks once for equal interests, and ends the watch some time after the last holder", () => {
    const stage = started();
    const one = stage.client.hold({ topics: ["a"] }, () => undefined);
    const two = stage.client.hold({ topics: ["a"] }, () => undefined);
    expect(stage.asked()).toEqual([{ t: "watch", id: "w1", topics: ["a"] }]);
    one.release();
    one.release();
    stage.pass(2000);
    expect(stage.asked()).toEqual([]);
    two.release();
    stage.pass(2000);
    expect(stage.asked()).toEqual([{ t: "unwatch", id: "w1" }]);
  });

  it("keeps a watch that is taken up again within a moment", () => {
    const stage = started();
    stage.client.hold({ topics: ["a"] }, () => undefined).release();
    stage.client.hold({ topics: ["a"] }, () => undefined);
    stage.pass(2000);
    expect(stage.asked()).toHaveLength(1);
  });

  it("tells at once who does not wait for a frame: a page that is not seen draws none", () => {
    const stage = started();
    const heard: unknown[] = [];
    const held = stage.client.hold({ topics: ["a"] }, () => heard.push(stage.client.board.entries.get("a")?.get("x")), { atOnce: true });
    stage.say(snapshot("a", 1, { x: 1 }));
    stage.say({ t: "patch", topic: "a", seq: 2, ops: [["set", "x", 2]] });
    expect(heard).toEqual([1, 2]);
    held.release();
    stage.say({ t: "patch", topic: "a", seq: 3, ops: [["set", "x", 3]] });
    expect(heard).toEqual([1, 2]);
  });

  it("folds at once and tells once a frame", () => {
    const stage = started();
    const told = vi.fn();
    const held = stage.client.hold({ topics: ["a"] }, told);
    stage.say(snapshot("a", 1, { n: 0 }), { t: "reply", id: "w1", seq: 1 });
    for (let n = 1; n <= 5; n += 1) stage.say({ t: "patch", topic: "a", seq: 1 + n, ops: [["set", "n", n]] });
    expect(told).not.toHaveBeenCalled();
    expect(held.watch.members()[0]?.get("n")).toBe(5);
    stage.draw();
    expect(told).toHaveBeenCalledTimes(1);
  });

  it("tells nobody of the answers to polls that bring nothing", () => {
    const stage = started();
    const told = vi.fn();
    stage.client.hold({ topics: ["a"] }, told);
    const round = (...frames: Received[]) => {
      stage.say(...frames);
      stage.draw();
      return told.mock.calls.length;
    };
    const reply = (seq: number): Received => ({ t: "reply", id: "w1", seq });
    const change: Received = { t: "patch", topic: "a", seq: 3, ops: [["set", "n", 1]] };
    const refused: Received = { t: "reply", id: "w1", error: { code: "not-allowed", message: "no" } };
    expect([round(snapshot("a", 1, { n: 0 }), reply(1)), round(reply(2)), round(change, reply(3)), round(reply(4)), round(refused)]).toEqual([1, 1, 2, 2, 3]);
  });

  it("takes each change once, though two watches cover it", () => {
    const stage = started();
    stage.client.hold({ topics: ["s/a"] }, () => undefined);
    stage.client.hold({ prefix: "s" }, () => undefined);
    stage.say(snapshot("s/a", 3, {}, { n: ["counters"] }), { t: "reply", id: "w1", seq: 3 });
    const patch: Received = { t: "patch", topic: "s/a", seq: 4, ops: [["add", "n", { x: 1 }]] };
    stage.say(patch, patch);
    expect(stage.client.board.entry("s/a").get<Map<string, number>>("n")?.get("x")).toBe(1);
  });

  it("tells what does not exist from what is not known yet", () => {
    const stage = started();
    stage.client.hold({ topics: ["a"] }, () => undefined);
    expect(stage.client.board.entries.get("a")?.known ?? false).toBe(false);
    stage.say({ ...snapshot("a", 1, {}), missing: true } as Received, { t: "reply", id: "w1", seq: 1 });
    expect(stage.client.board.entry("a")).toMatchObject({ known: true, missing: true });
    stage.say({ t: "patch", topic: "a", seq: 2, ops: [["set", "n", 1]] });
    expect(stage.client.board.entry("a").missing).toBe(false);
    stage.say({ t: "patch", topic: "a", seq: 3, ops: [["drop"]] });
    expect(stage.client.board.entry("a").missing).toBe(true);
  });

  it("covers whole segments and topics that are born later", () => {
    const stage = started();
    const held = stage.client.hold({ prefix: "script/a" }, () => undefined);
    stage.say({ t: "patch", topic: "script/a/x", seq: 1, ops: [["set", "n", 1]] }, { t: "patch", topic: "script/ab", seq: 1, ops: [["set", "n", 1]] });
    expect(held.watch.members().map((entry) => entry.topic)).toEqual(["script/a/x"]);
  });

  it("lists a query's members in its order, and follows entries and exits", () => {
    const stage = started();
    const held = stage.client.hold({ query: { kind: "run", order: "-started" } }, () => undefined);
    const names = () => held.watch.members().map((entry) => entry.topic);
    stage.say(
      snapshot("query/h", 1, { rows: { "run/a": 10, "run/b": 20, "run/c": null } }, { rows: ["map"] }),
      ...["a", "b", "c"].map((id) => snapshot(`run/${id}`, 1, { id })),
      { t: "reply", id: "w1", seq: 1, topic: "query/h" },
    );
    expect(names()).toEqual(["run/b", "run/a", "run/c"]);
    stage.say(
      { t: "patch", topic: "query/h", seq: 2, ops: [["put", "rows", { "run/d": 30 }], ["drop", "rows", "run/a"]] },
      snapshot("run/d", 2, { id: "d" }),
    );
    expect(names()).toEqual(["run/d", "run/b", "run/c"]);
  });

  it("keeps the hub's reason for a refusal", () => {
    const stage = started();
    const held = stage.client.hold({ prefix: "secret" }, () => undefined);
    stage.say({ t: "reply", id: "w1", error: { code: "not-allowed", message: "no" } });
    expect(held.watch).toMatchObject({ loaded: true, refusal: { code: "not-allowed" } });
  });
});

describe("a connection that is lost", () => {
  it("begins anew with a watch whose resumption was cut off, as its neighbours have seen more", () => {
    const stage = started();
    stage.client.hold({ topics: ["a"] }, () => undefined);
    stage.client.hold({ topics: ["b"] }, () => undefined);
    stage.say({ t: "reply", id: "w1", seq: 9 }, { t: "reply", id: "w2", seq: 9 });
    stage.drop();
    stage.pass(250);
    stage.connect("E1", 20);
    stage.say({ t: "reply", id: "w1", seq: 20 });
    stage.drop();
    stage.pass(10_000);
    stage.sent = [];
    stage.connect("E1", 30);
    expect(stage.asked()).toEqual([
      { t: "watch", id: "w1", topics: ["a"], epoch: "E1", after: 20 },
      { t: "watch", id: "w2", topics: ["b"] },
    ]);
  });

  it("tries again with growing pauses, and resumes where it was", () => {
    const stage = started();
    stage.client.hold({ topics: ["a"] }, () => undefined);
    stage.say(snapshot("a", 7, { n: 1 }), { t: "reply", id: "w1", seq: 9 });
    stage.asked();
    stage.drop();
    expect(stage.client.connection.lostAt).toBe(0);
    stage.pass(249);
    expect(stage.opened).toBe(1);
    stage.pass(1);
    expect(stage.opened).toBe(2);
    stage.drop();
    stage.pass(499);
    expect(stage.opened).toBe(2);
    stage.pass(1);
    stage.connect("E1", 12);
    expect(stage.asked()).toEqual([{ t: "watch", id: "w1", topics: ["a"], epoch: "E1", after: 9 }]);
    expect(stage.client.isCurrent).toBe(false);
    stage.say({ t: "patch", topic: "a", seq: 11, ops: [["set", "n", 2]] }, { t: "reply", id: "w1", seq: 12 });
    expect(stage.client.isCurrent).toBe(true);
    expect(stage.client.caughtUp).toBe(1);
    expect(stage.client.board.entry("a").get("n")).toBe(2);
  });

  it("forgets what a new life of the hub does not know", () => {
    const stage = started();
    const held = stage.client.hold({ prefix: "s" }, () => undefined);
    stage.say(snapshot("s/a", 1, { n: 1 }), snapshot("s/b", 1, { n: 1 }), { t: "reply", id: "w1", seq: 1 });
    stage.drop();
    stage.pass(250);
    stage.connect("E2");
    expect(held.watch.members()).toHaveLength(2);
    stage.say({ ...snapshot("s/a", 0, { n: 9 }), epoch: "E2" } as Received, { t: "reply", id: "w1", seq: 0 });
    expect(held.watch.members().map((entry) => [entry.topic, entry.get("n")])).toEqual([["s/a", 9]]);
  });

  it("asks anew when the hub no longer knows what has ended meanwhile", () => {
    const stage = started();
    const held = stage.client.hold({ prefix: "s" }, () => undefined);
    stage.say(snapshot("s/a", 1, { n: 1 }), snapshot("s/b", 1, { n: 1 }), { t: "reply", id: "w1", seq: 1, fresh: true });
    stage.asked();
    stage.drop();
    stage.pass(250);
    stage.connect();
    stage.asked();
    stage.say({ t: "reply", id: "w1", seq: 5, fresh: true });
    expect(stage.asked()).toEqual([{ t: "watch", id: "w1", prefix: "s" }]);
    stage.say(snapshot("s/b", 6, { n: 2 }), { t: "reply", id: "w1", seq: 6, fresh: true });
    expect(held.watch.members().map((entry) => entry.topic)).toEqual(["s/b"]);
  });

  it("notices a connection that died without a sign", () => {
    const stage = started();
    stage.pass(20_000);
    expect(stage.sent.at(-1)).toMatchObject({ t: "watch", topics: [] });
    stage.say({ t: "reply", id: "still-there", seq: 1 });
    stage.pass(20_000);
    stage.pass(5000);
    expect(stage.client.connection.isOpen).toBe(false);
    stage.pass(250);
    expect(stage.opened).toBe(2);
  });

  it("changes the transport where the hub answers but the first one does not pass", async () => {
    const other = vi.fn<Open>(() => ({ send: () => undefined, close: () => undefined }));
    const stage = new Stage(other);
    stage.client.connection.start();
    for (let failures = 0; failures < 2; failures += 1) {
      stage.drop();
      await Promise.resolve();
      stage.pass(1000);
    }
    await Promise.resolve();
    stage.drop();
    stage.pass(10_000);
    expect(other).toHaveBeenCalled();
  });

  it("does not change it while the hub is away", async () => {
    const other = vi.fn<Open>(() => ({ send: () => undefined, close: () => undefined }));
    const stage = new Stage(other);
    stage.reachable = false;
    stage.client.connection.start();
    for (let failures = 0; failures < 6; failures += 1) {
      stage.drop();
      await Promise.resolve();
      stage.pass(20_000);
    }
    expect(other).not.toHaveBeenCalled();
  });

  it("goes up again, beside what works, once what was blocked passes", async () => {
    const worse = new Stage();
    const stage = new Stage(worse.open);
    stage.client.connection.start();
    for (let failures = 0; failures < 2; failures += 1) {
      stage.drop();
      await Promise.resolve();
      stage.pass(1000);
    }
    worse.connect();
    stage.client.hold({ topics: ["a"] }, () => undefined);
    worse.say({ t: "reply", id: "w1", seq: 7 });
    expect(worse.asked()).toHaveLength(1);
    const tries = stage.opened;
    for (let seconds = 0; seconds < 120; seconds += 10) {
      worse.say({ t: "reply", id: "still-there", seq: 7 });
      stage.pass(10_000);
    }
    expect(stage.opened).toBe(tries + 1);
    stage.drop();
    expect(stage.client.connection.isOpen).toBe(true);
    for (let seconds = 0; seconds < 120; seconds += 10) {
      worse.say({ t: "reply", id: "still-there", seq: 7 });
      stage.pass(10_000);
    }
    stage.connect("E1", 8);
    expect(stage.client.connection.isOpen).toBe(true);
    expect(worse.events).toBeNull();
    expect(stage.asked()).toEqual([{ t: "watch", id: "w1", topics: ["a"], epoch: "E1", after: 7 }]);
  });

  it("comes back by the way that worked", async () => {
    const worse = new Stage();
    const stage = new Stage(worse.open);
    stage.client.connection.start();
    for (let failures = 0; failures < 2; failures += 1) {
      stage.drop();
      await Promise.resolve();
      stage.pass(1000);
    }
    worse.connect();
    const tries = stage.opened;
    worse.drop();
    stage.pass(1000);
    expect([worse.opened, stage.opened]).toEqual([2, tries]);
  });

  it("stops when told to, and keeps the hub's clock", () => {
    const stage = started();
    expect(stage.client.clockOffset).toBe(5_000_000);
    stage.client.connection.stop();
    stage.pass(60_000);
    expect(stage.opened).toBe(1);
  });
});

it("reads messages of several lines and skips frames that it does not know", () => {
  expect(decode('{"t":"reply","id":"a"}\n\n{"t":"new","x":1}\n{"t":"patch","topic":"a","seq":1,"ops":[]}').map((frame) => frame.t)).toEqual(["reply", "patch"]);
});

it("orders keys, those without one last", () => {
  expect([3, null, 1, 2].sort((a, b) => compare(a, b, 1))).toEqual([1, 2, 3, null]);
  expect(["b", undefined, "a"].sort((a, b) => compare(a, b, -1))).toEqual(["b", "a", undefined]);
});
