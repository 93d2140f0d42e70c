import { expect, it } from "vitest";
import { asides, drawParallels } from "./parallels";

function drawn(xs: number[], ys: number[], width: number): string {
  const said: string[] = [];
  const path = { moveTo: (x: number, y: number) => said.push(`M${x},${y}`), lineTo: (x: number, y: number) => said.push(`L${x},${y}`) };
  drawParallels(path as unknown as Path2D, { xs, ys }, width);
  return said.join(" ");
}

it("draws a line of one pixel as it is", () => {
  expect(drawn([0, 5, 9], [0, 0, 3], 1)).toBe("M0,0 L5,0 L9,3");
});

it("draws a wider one side by side, with corners where the sides meet", () => {
  expect(drawn([0, 8, 8], [0, 0, 8], 1.5)).toBe("M0,-0.25 L8,-0.25 L8.25,0 L8.25,8 M0,0.25 L8,0.25 L7.75,0 L7.75,8");
  const bent = drawn([0, 8, 16], [0, 0, 8], 3).split(" M");
  // A corner of an eighth of a turn is as far out as the two lines that meet there.
  expect(bent[0]).toBe(`M0,-1 L${8 + Math.tan(Math.PI / 8)},-1 L${16 + Math.SQRT1_2},${8 - Math.SQRT1_2}`);
});

it("goes around where the line turns back, and stands still with it", () => {
  expect(drawn([0, 0, 0], [0, 9, 0], 1.5)).toBe("M0.25,0 L0.25,9 L-0.25,9 L-0.25,0 M-0.25,0 L-0.25,9 L0.25,9 L0.25,0");
  expect(drawn([4, 4], [5, 5], 1)).toBe("M4,5 L4,5");
});

it("takes as many as leave no ground between them, from edge to edge", () => {
  expect(asides(0.8)).toEqual([0]);
  expect(asides(1)).toEqual([0]);
  expect(asides(1.5)).toEqual([-0.25, 0.25]);
  expect(asides(3)).toEqual([-1, -0.5, 0, 0.5, 1]);
});
