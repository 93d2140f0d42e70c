/** The keyboard: single letters act only when no field has the focus, and can be turned off. */

/** False: there was nothing to do, so the key has the meaning that it has without this. */
export type Act = () => unknown;
const KEPT = "quarterdeck.letters";
const SECOND_LETTER = 1200;

class Keys {
  /** Whether the list of all keys is open. */
  shown = $state(false);
  /** Whether the palette is open. */
  palette = $state(false);
  letters = $state(localStorage.getItem(KEPT) !== "off");
  #bound: Map<string, Act>[] = [];
  #first = "";
  #firstAt = 0;

  setLetters(on: boolean): void {
    this.letters = on;
    if (on) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, "off");
  }

  /** Binds keys for as long as the component lives; of a key the innermost binding wins. "g s" is g, then s. */
  bind(bindings: Record<string, Act>): void {
    // Effects of this kind run from the outer component to the inner one.
    $effect.pre(() => {
      const layer = new Map(Object.entries(bindings));
      this.#bound.push(layer);
      return () => {
        this.#bound = this.#bound.filter((one) => one !== layer);
      };
    });
  }

  start(): void {
    addEventListener("keydown", (event) => this.#pressed(event));
  }

  #pressed(event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      this.palette = !this.palette;
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    if (event.key !== "Escape" && (!this.letters || isField(target))) return;
    if (target.closest?.("dialog")) return;
    const pair = event.timeStamp - this.#firstAt < SECOND_LETTER ? `${this.#first} ${event.key}` : event.key;
    const acts = [this.#find(pair), this.#find(event.key)].find((found) => found.length > 0) ?? [];
    this.#first = event.key;
    this.#firstAt = event.timeStamp;
    if (acts.length === 0) return;
    this.#first = "";
    if (acts.some((act) => act() !== false)) event.preventDefault();
  }

  /** What the key is bound to, the innermost first. */
  #find(key: string): Act[] {
    return this.#bound.flatMap((layer) => layer.get(key) ?? []).reverse();
  }
}

/** Moves the focus along the rows of the page's lists, whichever there are: those marked data-row that have a link. */
export function walk(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("main [data-row]")].flatMap((row) => row.querySelector("a") ?? []);
  const here = rows.findIndex((row) => row.closest("[data-row]")?.contains(document.activeElement));
  const next = rows[here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, here + step))];
  next?.focus();
  return next !== undefined;
}

const isField = (target: HTMLElement): boolean =>
  target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);

export const keys = new Keys();
