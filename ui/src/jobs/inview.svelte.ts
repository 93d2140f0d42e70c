/** Whether an element is in view, or nearly. Make it while the component is set up. */

/** How far outside it counts, and how long (milliseconds) it has to stay: who scrolls by looks at nothing. */
const NEAR = "200px";
const REST = 150;

export class InView {
  now = $state(false);

  constructor(element: () => Element | undefined) {
    $effect(() => {
      const watched = element();
      if (!watched) return undefined;
      let timer = 0;
      const observer = new IntersectionObserver(
        (found) => {
          clearTimeout(timer);
          timer = window.setTimeout(() => (this.now = found.at(-1)?.isIntersecting ?? false), REST);
        },
        { rootMargin: NEAR },
      );
      observer.observe(watched);
      return () => {
        clearTimeout(timer);
        observer.disconnect();
      };
    });
  }
}
