/** Where the reader is: each page says it once, and it becomes the path in the top bar and the title of the window. */

export interface Crumb {
  text: string;
  path?: string;
}

class Crumbs {
  shown = $state.raw<Crumb[]>([]);

  /** Call it in a page's set-up; it follows what the function reads. */
  are(crumbs: () => Crumb[]): void {
    $effect.pre(() => {
      this.shown = crumbs();
    });
  }
}

export const crumbs = new Crumbs();
