import { expect, it } from "vitest";
import { firstOf } from "./filters";
import { directionOf, turned } from "./order";

it("is turned round by a second press on a column", () => {
  expect([turned("-started", "-duration"), turned("-duration", "-duration"), turned("duration", "-duration")]).toEqual(["-duration", "duration", "-duration"]);
  expect([turned("-started", "script"), turned("script", "script"), turned("-script", "script")]).toEqual(["script", "-script", "script"]);
});

it("begins with the newest and longest of runs", () => {
  expect(["started", "duration", "script"].map(firstOf)).toEqual(["-started", "-duration", "script"]);
});

it("has a direction in its own column alone", () => {
  expect([directionOf("-started", "started"), directionOf("started", "started"), directionOf("started", "script")]).toEqual(["descending", "ascending", undefined]);
});
