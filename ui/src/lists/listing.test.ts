import { describe, expect, it } from "vitest";
import { Listing } from "./listing";
import { compare, cursorOf, type Place } from "./place";

const at = (...keys: number[]): Place[] => keys.map((key) => ({ topic: `run/${key}`, key }));
const keys = (listing: Listing) => listing.rows.map((row) => row.key);

function seen(...rows: number[]): Listing {
  const listing = new Listing("-started");
  listing.cover(null, at(...rows), true);
  return listing;
}

describe("places", () => {
  it("are in the hub's order: missing, numbers, texts, ties by topic, and all of it turned round", () => {
    const rows: Place[] = [
      { topic: "run/b", key: null }, { topic: "run/a", key: 2 }, { topic: "run/c", key: 10 }, { topic: "run/d", key: 10 }, { topic: "run/e", key: "1" },
    ];
    expect([...rows].reverse().sort((one, other) => compare("key", one, other))).toEqual(rows);
    expect([...rows].sort((one, other) => compare("-key", one, other))).toEqual([...rows].reverse());
  });

  it("are cursors that the hub reads", () => {
    expect(atob(cursorOf("-started", { topic: "run/1", key: 5 }))).toBe('["-started",5,"run/1"]');
    expect(cursorOf("script", { topic: "run/1", key: "ÿ~ü?>" })).toMatch(/^[\w-]+=*$/);
  });
});

describe("a list's known part", () => {
  it("follows its top, and keeps what is pushed off the watched page", () => {
    const listing = seen(5, 4, 3);
    listing.cover(null, at(6, 5, 4), true);
    expect(keys(listing)).toEqual([6, 5, 4, 3]);
    listing.append(at(2, 1), false);
    expect([keys(listing), listing.ended]).toEqual([[6, 5, 4, 3, 2, 1], true]);
    listing.cover(null, at(6, 4, 3), true);
    expect(keys(listing)).toEqual([6, 4, 3, 2, 1]);
  });

  it("ends where a page is not full, and begins anew behind a gap", () => {
    const listing = seen(5, 4, 3);
    listing.append(at(2), false);
    listing.cover(null, at(9, 8, 7), true);
    expect([keys(listing), listing.ended]).toEqual([[9, 8, 7], false]);
    listing.cover(null, at(9), false);
    expect([keys(listing), listing.ended]).toEqual([[9], true]);
    listing.cover(null, [], false);
    expect(keys(listing)).toEqual([]);
  });

  it("holds back what comes above while the reader is below, and shows it when asked", () => {
    const listing = seen(5, 4, 3);
    listing.append(at(2, 1), true);
    listing.hold();
    listing.cover(null, at(7, 6, 5), true);
    expect([keys(listing), listing.fresh]).toEqual([[5, 4, 3, 2, 1], 2]);
    listing.cover(null, at(9, 8, 7), true);
    expect([keys(listing), listing.fresh]).toEqual([[5, 4, 3, 2, 1], 3]);
    listing.release();
    listing.cover(null, at(9, 8, 7), true);
    expect([keys(listing), listing.fresh, listing.ended]).toEqual([[9, 8, 7], 0, false]);
  });

  it("takes a watched page further down as the truth about its stretch alone", () => {
    const listing = seen(9, 8, 7);
    listing.append(at(6, 5, 4, 3), true);
    listing.cover(at(8)[0] ?? null, at(6, 5, 4.5), true);
    expect(keys(listing)).toEqual([9, 8, 6, 5, 4.5, 4, 3]);
    listing.cover(at(4)[0] ?? null, at(2), false);
    expect([keys(listing), listing.ended]).toEqual([[9, 8, 6, 5, 4.5, 4, 2], true]);
  });

  it("has a member once, where it stands now", () => {
    const listing = seen(9, 8, 7);
    listing.append(at(6, 5), true);
    const moved = { topic: "run/6", key: 10 };
    listing.cover(null, [moved, ...at(9, 8)], true);
    expect(listing.rows.map((row) => row.topic)).toEqual(["run/6", "run/9", "run/8", "run/7", "run/5"]);
  });

  it("does not grow without end at the top", () => {
    const listing = new Listing("-started");
    for (let newest = 100; newest <= 5000; newest += 50) {
      listing.cover(null, at(...Array.from({ length: 100 }, (_, i) => newest - i)), true);
    }
    expect(listing.rows.length).toBeLessThanOrEqual(600);
    expect(keys(listing).slice(0, 2)).toEqual([5000, 4999]);
    expect(listing.ended).toBe(false);
  });
});
