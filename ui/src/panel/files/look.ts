/** How the page looks now, for what draws in a frame of its own. */
import { appearance } from "../../theme.svelte";
import { color } from "../colors";

export interface Look {
  dark: boolean;
  text: string;
  grid: string;
  line: string;
  surface: string;
  raised: string;
  font: string;
  colors: string[];
  /** From the least to the greatest, as shares of 0 to 1 and their colours. */
  ramp: [number, string][];
}

const STEPS = 7;

export function lookNow(): Look {
  return {
    dark: appearance.isDark,
    text: plain("--text"),
    grid: plain("--grid"),
    line: plain("--line-strong"),
    surface: plain("--surface"),
    raised: plain("--raised"),
    font: getComputedStyle(document.body).fontFamily,
    colors: Array.from({ length: 8 }, (_, i) => plain(`--s${i + 1}`)),
    ramp: Array.from({ length: STEPS }, (_, i) => [i / (STEPS - 1), plain(`--h${i + 1}`)]),
  };
}

let canvas: CanvasRenderingContext2D | null = null;

/** As rgba(), which libraries of colours know; the browser itself says oklch(). */
function plain(token: string): string {
  canvas ??= Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  if (!canvas) return color(token);
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = color(token);
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha = 255] = canvas.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${alpha / 255})`;
}
