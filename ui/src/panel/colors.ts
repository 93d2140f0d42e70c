/** Real colours for the canvas, asked of a probe element: a custom property read directly gives back its light-dark(). */

const probe = document.createElement("span");
const found = new Map<string, string>();
const listeners = new Set<() => void>();

/** The colour that a token such as "--s1" has now; `share` of 0 to 1 makes it see-through. */
export function color(token: string, share = 1): string {
  const key = `${token} ${share}`;
  let real = found.get(key);
  if (real === undefined) {
    if (!probe.isConnected) {
      probe.hidden = true;
      document.body.append(probe);
    }
    probe.style.color = `color-mix(in srgb, var(${token}) ${share * 100}%, transparent)`;
    found.set(key, (real = shown(getComputedStyle(probe).color)));
  }
  return real;
}

/** A canvas shows sRGB only, and clips what lies outside. Chromium draws a colour outside at half the speed, so it is clipped
 * before. Takes "color(srgb 0.1 0.2 0.3 / 0.4)"; what is written in another way stays. */
export function shown(computed: string): string {
  const [, red, green, blue, share] = /^color\(srgb (\S+) (\S+) (\S+?)(?: \/ (\S+))?\)$/.exec(computed) ?? [];
  if (!red || !green || !blue) return computed;
  const clipped = [red, green, blue].map((part) => Math.round(255 * Math.min(1, Math.max(0, Number(part)))));
  return `rgb(${clipped.join(" ")} / ${share ?? 1})`;
}

/** Calls back when day becomes night or night day. */
export function onRepaint(act: () => void): () => void {
  listeners.add(act);
  return () => listeners.delete(act);
}

function repaint(): void {
  found.clear();
  for (const act of listeners) act();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
