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
    probe.style.color = share === 1 ? `var(${token})` : `color-mix(in oklab, var(${token}) ${share * 100}%, transparent)`;
    found.set(key, (real = getComputedStyle(probe).color));
  }
  return real;
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
