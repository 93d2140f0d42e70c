import { expect, it } from "vitest";
import { addressOf, allJobsPath, askedOf, conditionsOf, isAsked } from "./asked";

const of = (address: string) => askedOf(new URLSearchParams(address));

it("what is asked for stands in the address, and comes back from it", () => {
  const asked = of("q=part+7&state=failed,lost&run=r1");
  expect(asked).toEqual({ q: "part 7", state: "failed,lost", scope: { column: "run", value: "r1" } });
  expect(addressOf(asked)).toEqual({ q: "part 7", state: "failed,lost", run: "r1" });
  expect([isAsked(asked), isAsked(of(""))]).toEqual([true, false]);
  expect([allJobsPath("program", "a b"), allJobsPath("process", "7", "rows")]).toEqual(["/jobs?program=a+b", "/jobs?q=rows&process=7"]);
});

it("a search finds programs and bars, a state programs, a scope its bars", () => {
  expect(conditionsOf(of(""))).toEqual(['role = "program"']);
  expect(conditionsOf(of("state=lost"))).toEqual(['role = "program"', 'state = "lost"']);
  expect(conditionsOf(of("q=x&state=lost,failed"))).toEqual(['role = ["program","bar"]', 'state = ["lost","failed"]']);
  expect(conditionsOf(of("parent=7&q=x"))).toEqual(['parent = "7"', 'role = "bar"']);
});
