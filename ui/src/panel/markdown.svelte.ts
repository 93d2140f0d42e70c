/** Markdown to HTML that is safe to put into the page: HTML in the text is escaped, and only harmless addresses are links. */

type Render = (text: string) => string;

class Markdown {
  #render = $state.raw<Render | null>(null);
  #asked = false;

  /** Null until the renderer is there. */
  render(text: string): string | null {
    if (!this.#render) this.#load();
    return this.#render?.(text) ?? null;
  }

  #load(): void {
    if (this.#asked) return;
    this.#asked = true;
    void import("./renderer").then((module) => (this.#render = module.render));
  }
}

export const markdown = new Markdown();
