/** Which of the page's eight colours endpoints have: they are told apart by day and by night, so one that somebody chose
 * becomes the nearest of them. */

/** The colours with a hue, by its degrees; the last of the eight is grey. */
const HUES: readonly (readonly [color: number, hue: number])[] = [[1, 210], [2, 38], [3, 160], [4, 345], [5, 290], [7, 58]];
const GREY = 8;
const FAINT = 0.12;

/** One of 1 to 8 for each name: what was chosen for it, and for the others in turn what is left. */
export function paletteOf(names: readonly string[], chosen: ReadonlyMap<string, unknown>): number[] {
  const given = names.map((name) => nearest(chosen.get(name)));
  const left = [1, 2, 3, 4, 5, 6, 7, 8].filter((color) => !given.includes(color));
  let next = 0;
  return given.map((color, i) => color ?? left[next++ % Math.max(1, left.length)] ?? (i % GREY) + 1);
}

/** The nearest to "#rrggbb"; undefined for anything else. */
function nearest(hex: unknown): number | undefined {
  const parts = typeof hex === "string" ? /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex) : null;
  if (!parts) return undefined;
  const [red = 0, green = 0, blue = 0] = parts.slice(1).map((part) => Number.parseInt(part, 16) / 255);
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (range < FAINT) return GREY;
  const sector = most === red ? (green - blue) / range : most === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
  const hue = (sector * 60 + 360) % 360;
  const away = (other: number) => Math.min(Math.abs(hue - other), 360 - Math.abs(hue - other));
  return HUES.reduce((best, one) => (away(one[1]) < away(best[1]) ? one : best))[0];
}
