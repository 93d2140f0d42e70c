import { describe, expect, it } from "vitest";
import { NEAR, packed, stretches, thinned } from "./thin";

type Points = [number, number][];

function away([x, y]: [number, number], [[ax, ay], [bx, by]]: [[number, number], [number, number]]): number {
  const [dx, dy] = [bx - ax, by - ay];
  const share = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}

/** What is kept, and how far the farthest point lies beside the piece that passes it. */
function drawn(points: Points): { kept: number[]; farthest: number } {
  const kept = thinned(points.map(([x]) => x), points.map(([, y]) => y), 0, points.length - 1);
  let farthest = 0;
  kept.slice(1).forEach((end, piece) => {
    const start = kept[piece] as number;
    for (let i = start; i <= end; i += 1) farthest = Math.max(farthest, away(points[i]!, [points[start]!, points[end]!]));
  });
  return { kept, farthest };
}

/** Numbers from 0 to 1, the same in every run. */
function* chance(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    yield state / 2 ** 32;
  }
}

describe("a thinned line", () => {
  const of = (height: (i: number) => number, width: number): Points => Array.from({ length: 1000 }, (_, i) => [(i * width) / 999, height(i)]);

  it("passes every point as closely as it says, and keeps both ends", () => {
    const next = chance(7);
    const random = () => next.next().value;
    let walk = 0;
    const shapes = [(i: number) => 100 * Math.sin(i / 30), () => 200 * random(), () => (walk += 4 * random() - 2), (i: number) => (i % 100 < 50 ? 0 : 90), () => 0.3 * random(), (i: number) => (i === 500 ? 150 : 7)];
    for (const shape of shapes)
      for (const width of [5, 165, 4000]) {
        const { kept, farthest } = drawn(of(shape, width));
        expect(farthest).toBeLessThanOrEqual(NEAR + 1e-9);
        expect([kept[0], kept.at(-1)]).toEqual([0, 999]);
        expect(kept.every((one, i) => i === 0 || one > (kept[i - 1] as number))).toBe(true);
      }
  });
  it("has few pieces where the line is smooth, and no peak is lost", () => {
    expect(drawn(of((i) => 100 * Math.sin(i / 30), 165)).kept.length).toBeLessThan(100);
    expect(drawn(of((i) => i / 3, 165)).kept).toEqual([0, 999]);
    expect(drawn(of((i) => (i === 500 ? 150 : 7), 165)).kept).toEqual([0, 499, 500, 502, 999]);
  });
  it("may be a single point, or stand still", () => {
    expect(thinned([4], [5], 0, 0)).toEqual([0]);
    expect(thinned([0, 4, 4, 4], [9, 5, 5, 5], 1, 3)).toEqual([1, 3]);
  });
  it("ends at a gap", () => {
    expect(stretches([null, 1, 2, null, null, 3, undefined, 4, 5], 0, 7)).toEqual([[1, 2], [5, 5], [7, 7]]);
  });
});

describe("points packed by columns of pixels", () => {
  it("are the first, the highest, the lowest and the last of each, in their order", () => {
    const [xs, ys] = [Float64Array.of(0, 0.2, 0.4, 0.6, 0.8, 1, 1.5, 3), Float64Array.of(5, 2, 3, 9, 4, 1, 1, 7)];
    const kept = packed(xs, ys, xs.length);
    expect([...xs.slice(0, kept)]).toEqual([0, 0.2, 0.6, 0.8, 1, 1.5, 3]);
    expect([...ys.slice(0, kept)]).toEqual([5, 2, 9, 4, 1, 1, 7]);
  });
  it("span each column as all of them do", () => {
    const next = chance(3);
    const random = () => next.next().value;
    const [xs, ys] = [Float64Array.from({ length: 5000 }, (_, i) => i / 50), Float64Array.from({ length: 5000 }, random)];
    const spans = (count: number) =>
      Array.from({ length: 100 }, (_, column) => {
        const inside = [...ys.slice(0, count)].filter((_, i) => Math.floor(xs[i] as number) === column);
        return [inside[0], Math.min(...inside), Math.max(...inside), inside.at(-1)];
      });
    const all = spans(5000);
    const kept = packed(xs, ys, 5000);
    expect(kept).toBeLessThanOrEqual(400);
    expect(spans(kept)).toEqual(all);
  });
});
