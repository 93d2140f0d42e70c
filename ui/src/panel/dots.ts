/** Points without lines, as many as there may be. */
import type uPlot from "uplot";

interface Stamp {
  size: number;
  /** Colour and alpha of each pixel, as an ImageData has them. */
  pixels: Uint32Array;
}

/** Draws by itself and leaves no path: ten thousand circles as a path, or one by one, would cost the browser more than all
 * else. They are stamped into one image, where each pixel takes the fullest of what covers it. */
export function dots(colorNow: () => string, radius: number): uPlot.Series.PathBuilder {
  const layer = document.createElement("canvas");
  let stamp: Stamp | null = null;
  let of = "";
  return (u, series, from, to) => {
    const size = Math.max(2, Math.round(2 * radius * devicePixelRatio));
    const wanted = `${size} ${colorNow()}`;
    if (!stamp || of !== wanted) [stamp, of] = [stampOf(size, colorNow()), wanted];
    const { left, top, width, height } = u.bbox;
    if (layer.width !== Math.ceil(width + size)) layer.width = Math.ceil(width + size);
    if (layer.height !== Math.ceil(height + size)) layer.height = Math.ceil(height + size);
    const context = layer.getContext("2d");
    if (!context || !stamp || width <= 0 || height <= 0) return null;
    const image = context.createImageData(layer.width, layer.height);
    const target = new Uint32Array(image.data.buffer);
    const [xs, ys] = [u.data[0], u.data[series] as (number | null | undefined)[]];
    const scale = u.series[series]?.scale ?? "y";
    for (let i = from; i <= to; i += 1) {
      const value = ys[i];
      if (value == null) continue;
      const x = Math.round(u.valToPos(xs[i] as number, "x", true) - left);
      const y = Math.round(u.valToPos(value, scale, true) - top);
      if (x >= 0 && x <= width && y >= 0 && y <= height) press(stamp, target, layer.width, x, y);
    }
    context.putImageData(image, 0, 0);
    u.ctx.drawImage(layer, left - size / 2, top - size / 2);
    return null;
  };
}

export function press({ size, pixels }: Stamp, target: Uint32Array, width: number, x: number, y: number): void {
  for (let row = 0; row < size; row += 1) {
    const line = (y + row) * width + x;
    for (let column = 0; column < size; column += 1) {
      const pixel = pixels[row * size + column] as number;
      // The alpha is the highest byte: the greater number is the fuller pixel.
      if (pixel > (target[line + column] as number)) target[line + column] = pixel;
    }
  }
}

function stampOf(size: number, color: string): Stamp | null {
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.fillStyle = color;
  context.arc(size / 2, size / 2, size / 2, 0, 2 * Math.PI);
  context.fill();
  return { size, pixels: new Uint32Array(context.getImageData(0, 0, size, size).data.buffer) };
}
