import { describe, expect, it } from "vitest";
import * as format from "./format";

describe("numbers", () => {
  it("groups by a thin space and writes a true minus", () => {
    expect(format.number(1204331)).toBe("1\u2009204\u2009331");
    expect(format.number(-0.5)).toBe("\u22120.5");
    expect(format.number(0.1 + 0.2)).toBe("0.3");
    expect(format.number(123456.789)).toBe("123\u2009457");
    expect(format.number(55.1, 2)).toBe("55.10");
    expect(format.number(Number.NaN)).toBe("unknown");
  });
  it("shortens from a million on", () => {
    expect(format.compact(999_999)).toBe("999\u2009999");
    expect(format.compact(1_234_567)).toBe("1.2 M");
    expect(format.compact(999_999_999)).toBe("1 G");
  });
  it("writes bytes in powers of 1000", () => {
    expect(format.bytes(0)).toBe("0 B");
    expect(format.bytes(999)).toBe("999 B");
    expect(format.bytes(41_000_000)).toBe("41 MB");
    expect(format.bytes(1_234)).toBe("1.2 kB");
    expect(format.bytes(999_999)).toBe("1 MB");
  });
  it("rounds percent down, so that 100 % means done", () => {
    expect(format.percent(0.999)).toBe("99 %");
    expect(format.percent(1)).toBe("100 %");
    expect(format.percent(0.29)).toBe("29 %");
    expect(format.percent(0.0031, 2)).toBe("0.31 %");
  });
});

describe("durations", () => {
  it.each([
    [400, "400 µs"],
    [4_000, "4 ms"],
    [38_400, "38 ms"],
    [999_600, "1.00 s"],
    [1_320_000, "1.32 s"],
    [48_200_000, "48.2 s"],
    [59_960_000, "1 min"],
    [132_000_000, "2 min 12 s"],
    [4_320_000_000, "1 h 12 min"],
    [532_800_000_000, "6 d 4 h"],
  ])("%i us is %s", (us, text) => expect(format.duration(us)).toBe(text));

  it("says a schedule's length without zeros", () => {
    expect(format.span(1e6)).toBe("1 s");
    expect(format.span(2.5e6)).toBe("2.5 s");
    expect(format.span(300e6)).toBe("5 min");
    expect(format.span(5400e6)).toBe("1 h 30 min");
  });
});

describe("times", () => {
  const now = Date.UTC(2026, 2, 12, 2, 12, 40) * 1000;
  it("is relative up to seven days", () => {
    expect(format.relative(now - 4.9 * format.MINUTE, now)).toBe("4 min ago");
    expect(format.relative(now + 17 * format.MINUTE, now)).toBe("in 17 min");
    expect(format.relative(now - 0.4e6, now)).toBe("now");
    expect(format.relative(now - 72 * format.MINUTE, now)).toBe("1 h 12 min ago");
    expect(format.relative(now - 6 * format.DAY, now)).toBe("6 d ago");
  });
  it("is a date after that, with the year if it is another", () => {
    expect(format.relative(now - 9 * format.DAY, now)).toBe("3 Mar");
    expect(format.relative(now - 400 * format.DAY, now)).toMatch(/^\d+ \w+ 2025$/);
  });
  it("says how soon", () => {
    expect(format.soon(-5e6)).toBe("now");
    expect(format.soon(18.4e6)).toBe("18 s");
  });
  it("writes the milliseconds of a log line", () => {
    expect(format.clockMillis(now + 18_000)).toMatch(/^\d\d:\d\d:40\.018$/);
  });
  it("names a zone only if it is not the viewer's", () => {
    expect(format.zoneElsewhere(format.zone())).toBeNull();
    expect(format.zoneElsewhere(undefined)).toBeNull();
    expect(format.zoneElsewhere("Asia/Kathmandu")).toMatch(/Kath?mandu/);
    expect(format.zoneElsewhere("Sea/Nowhere")).toBe("Sea/Nowhere");
  });

  it("writes the absolute time with its zone", () => {
    expect(format.absolute(now)).toMatch(/^2026-03-1[123] \d\d:\d\d:40 \S+$/);
  });
});

describe("values of scripts", () => {
  it("turns anything into a text", () => {
    expect(format.value(null)).toBe("none");
    expect(format.value(0)).toBe("0");
    expect(format.value(true)).toBe("yes");
    expect(format.value({ a: 1 })).toBe('{"a":1}');
    expect(format.cell("x".repeat(300))).toHaveLength(200);
    expect(format.decimalsOf([1, 2.5, "x", 3.25, 1 / 3])).toBe(4);
    expect(format.decimalsOf([1, null])).toBe(0);
    expect(format.brief(57.690211)).toBe("57.69");
    expect(format.brief(1234567)).toBe("1\u2009234\u2009567");
    expect(["a", "a.", "a?"].map(format.sentence)).toEqual(["a.", "a.", "a?"]);
    expect(format.counted(1, "run")).toBe("1 run");
    expect(format.counted(2, "run")).toBe("2 runs");
  });
});

it("begins a sentence with a reason, and leaves the name of an error alone", () => {
  expect(format.capital("its worker ended")).toBe("Its worker ended");
  expect(format.capital("parcels.AddressUnknown: no")).toBe("parcels.AddressUnknown: no");
});
