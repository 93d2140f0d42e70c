import { describe, expect, it } from "vitest";
import { iconOf, lookOf, needsAttention, rank, scriptLook } from "./status";

describe("status", () => {
  it("gives every state a tone and a word", () => {
    expect(lookOf("failed")).toEqual({ tone: "failed", word: "Failed" });
    expect(lookOf("cancelled")).toEqual({ tone: "off", word: "Stopped" });
    expect(lookOf("never-heard-of")).toEqual({ tone: "waiting", word: "never-heard-of" });
    expect(lookOf(null).word).toBe("unknown");
    expect(iconOf("warn")).toBe("warning");
  });

  it.each([
    [{ state: "broken", last: "done", attention: false }, "failed", "Broken"],
    [{ state: "running", last: "failed", attention: true }, "running", "Running"],
    [{ state: "idle", last: "failed", attention: true }, "failed", "Failed"],
    [{ state: "idle", last: "done", attention: true }, "failed", "Failed"],
    [{ state: "idle", last: "lost", attention: true }, "lost", "Lost"],
    [{ state: "idle", last: "done", attention: false }, "done", "Done"],
    [{ state: "idle", last: undefined, attention: undefined }, "waiting", "Idle"],
    [{ state: "loading", last: "done", attention: false }, "starting", "Starting"],
    [{ state: "preparing", last: undefined, attention: false }, "starting", "Preparing environment"],
    [{ state: "gone", last: "done", attention: false }, "off", "Gone"],
    [{ state: "idle", last: "done", attention: false, paused: true }, "off", "Paused"],
    [{ state: "idle", last: "failed", attention: true, paused: true }, "failed", "Failed"],
  ] as const)("%o", (script, tone, word) => expect(scriptLook(script)).toEqual({ tone, word }));

  it("orders the worst first", () => {
    const words = ["done", "running", "failed", "lost", "idle"].map(lookOf).sort((a, b) => rank(a) - rank(b));
    expect(words.map((look) => look.word)).toEqual(["Failed", "Lost", "Running", "Idle", "Done"]);
    expect(needsAttention(lookOf("lost"))).toBe(true);
    expect(needsAttention(lookOf("running"))).toBe(false);
  });
});
