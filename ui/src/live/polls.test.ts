import { expect, it } from "vitest";
import type { Received } from "./frames";
import { opensPolls } from "./polls";

const line = (frame: object) => JSON.stringify(frame);
const deck = (epoch: string) => line({ t: "snapshot", topic: "deck", seq: 1, epoch, kind: "deck", state: { name: "quay" }, types: {} });
const settled = () => new Promise((done) => setTimeout(done, 0));

function staged() {
  const stage = { asked: [] as string[], told: [] as Received[], closed: 0, answers: [] as (string | null)[], round: () => undefined as void };
  const ask = (path: string, message: string) => {
    expect(path).toBe("/api/live/poll");
    stage.asked.push(message);
    const answer = stage.answers.shift();
    return answer == null ? Promise.reject(new Error("away")) : Promise.resolve(answer);
  };
  const open = opensPolls(ask, () => 5, (_, act) => {
    stage.round = act;
    return () => undefined;
  });
  const start = () =>
    open({ opened: () => undefined, received: (frames) => void stage.told.push(...frames), closed: () => void (stage.closed += 1) });
  return { stage, start };
}

it("begins with a hello of its own, then polls all watches at once from where each was", async () => {
  const { stage, start } = staged();
  stage.answers.push(deck("E1"));
  const polls = start();
  await settled();
  expect(stage.told[0]).toMatchObject({ t: "hello", name: "quay", epoch: "E1", now: 5000 });
  polls.send([{ t: "watch", id: "w1", prefix: "script" }, { t: "watch", id: "w2", topics: ["a"] }, { t: "watch", id: "still-there", topics: [] }]);
  expect(stage.told.at(-1)).toEqual({ t: "reply", id: "still-there" });
  stage.answers.push([line({ t: "reply", id: "w1", seq: 7 }), line({ t: "reply", id: "w2", seq: 8 })].join("\n"));
  stage.round();
  await settled();
  expect(stage.told.slice(-2)).toEqual([{ t: "reply", id: "w1", seq: 7 }, { t: "reply", id: "w2", seq: 8 }]);
  polls.send([{ t: "unwatch", id: "w1" }]);
  stage.answers.push(line({ t: "reply", id: "w2", seq: 9 }));
  stage.round();
  await settled();
  expect(stage.asked.slice(1).map((message) => message.trim().split("\n").map((each) => JSON.parse(each)))).toEqual([
    [{ t: "watch", id: "w1", prefix: "script" }, { t: "watch", id: "w2", topics: ["a"] }],
    [{ t: "watch", id: "w2", topics: ["a"], epoch: "E1", after: 8 }],
  ]);
});

it("tells nothing of a watch that was given up meanwhile, and asks no more for one that is refused", async () => {
  const { stage, start } = staged();
  stage.answers.push(deck("E1"));
  const polls = start();
  await settled();
  polls.send([{ t: "watch", id: "w1", topics: ["a"] }, { t: "watch", id: "w2", topics: ["b"] }]);
  const refused = { t: "reply", id: "w2", error: { code: "forbidden", message: "no", hint: "" } };
  stage.answers.push([deck("E1"), line({ t: "reply", id: "w1", seq: 3 }), line(refused)].join("\n"));
  stage.round();
  polls.send([{ t: "unwatch", id: "w1" }]);
  await settled();
  expect(stage.told.slice(1)).toEqual([refused]);
  stage.round();
  await settled();
  expect([stage.asked.length, stage.closed]).toEqual([2, 0]);
});

it("closes when the hub is away or has begun another life", async () => {
  const away = staged();
  away.stage.answers.push(null);
  away.start();
  await settled();
  expect(away.stage.closed).toBe(1);

  const { stage, start } = staged();
  stage.answers.push(deck("E1"), deck("E2"));
  const polls = start();
  await settled();
  polls.send([{ t: "watch", id: "w1", topics: ["deck", "b"] }]);
  stage.round();
  await settled();
  expect(stage.closed).toBe(1);
  expect(stage.told).toHaveLength(1);
});
