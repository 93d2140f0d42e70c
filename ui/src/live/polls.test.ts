import { expect, it } from "vitest";
import type { Received } from "./frames";
import { addressOf, opensPolls } from "./polls";

const line = (frame: object) => JSON.stringify(frame);
const deck = (epoch: string) => line({ t: "snapshot", topic: "deck", seq: 1, epoch, kind: "deck", state: { name: "quay" }, types: {} });
const settled = () => new Promise((done) => setTimeout(done, 0));

function staged() {
  const stage = { asked: [] as string[], told: [] as Received[], closed: 0, answers: new Map<string, string>(), round: () => undefined as void };
  const read = (path: string) => {
    stage.asked.push(path.slice("/api/live/poll?".length));
    const answer = stage.answers.get(stage.asked.at(-1) ?? "");
    return answer === undefined ? Promise.reject(new Error("away")) : Promise.resolve(answer);
  };
  const open = opensPolls(read, () => 5, (_, act) => {
    stage.round = act;
    return () => undefined;
  });
  const start = () =>
    open({ opened: () => undefined, received: (frames) => void stage.told.push(...frames), closed: () => void (stage.closed += 1) });
  return { stage, start };
}

it("begins with a hello of its own, then polls each watch from where it was", async () => {
  const { stage, start } = staged();
  stage.answers.set("topics=deck", deck("E1"));
  stage.answers.set("prefix=script", line({ t: "reply", id: "w", seq: 7 }));
  stage.answers.set("prefix=script&epoch=E1&after=7", line({ t: "reply", id: "w", seq: 9 }));
  const polls = start();
  await settled();
  expect(stage.told[0]).toMatchObject({ t: "hello", name: "quay", epoch: "E1", now: 5000 });
  polls.send([{ t: "watch", id: "w1", prefix: "script" }, { t: "watch", id: "still-there", topics: [] }]);
  expect(stage.told.at(-1)).toEqual({ t: "reply", id: "still-there" });
  stage.round();
  await settled();
  expect(stage.told.at(-1)).toEqual({ t: "reply", id: "w1", seq: 7 });
  stage.round();
  await settled();
  polls.send([{ t: "unwatch", id: "w1" }]);
  stage.round();
  await settled();
  expect(stage.asked).toEqual(["topics=deck", "prefix=script", "prefix=script&epoch=E1&after=7"]);
});

it("closes when the hub is away or has begun another life", async () => {
  const away = staged();
  away.start();
  await settled();
  expect(away.stage.closed).toBe(1);

  const { stage, start } = staged();
  stage.answers.set("topics=deck", deck("E1"));
  stage.answers.set("topics=deck%2Cb", deck("E2"));
  const polls = start();
  await settled();
  polls.send([{ t: "watch", id: "w1", topics: ["deck", "b"] }]);
  stage.round();
  await settled();
  expect(stage.closed).toBe(1);
  expect(stage.told).toHaveLength(1);
});

it("writes a query into the address", () => {
  const query = { kind: "run", where: ["script = a b", "state = done"], order: "-started", limit: 100 };
  expect(addressOf({ interest: { query } })).toBe("kind=run&where=script+%3D+a+b&where=state+%3D+done&order=-started&limit=100");
});
