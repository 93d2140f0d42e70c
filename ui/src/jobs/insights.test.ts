import { expect, it } from "vitest";
import { workersOf } from "./insights";

it("workers stand by their numbers, with what each part took of their time", () => {
  const workers = workersOf(new Map([["10", { tasks: 4, start: 1, init: 1, waiting: 2, working: 4 }], ["2", {}]]));
  expect(workers.map(({ name, tasks }) => [name, tasks])).toEqual([["2", 0], ["10", 4]]);
  expect(workers[1]?.shares).toEqual({ working: 0.5, waiting: 0.25, starting: 0.25, ending: 0 });
  expect(workers[0]?.shares.working).toBe(0);
});
