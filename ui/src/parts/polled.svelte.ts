/** What the hub tells only when asked, asked for again and again while somebody can see it. */
import { link } from "../live/live.svelte";

const EVERY = 3000;

export class Polled<T> {
  value = $state.raw<T>();
  error = $state.raw<unknown>(null);

  /** Make it while a component is set up; it asks for as long as the component lives. */
  constructor(readonly load: () => Promise<T>) {
    $effect(() => {
      void this.again();
      const timer = setInterval(() => {
        if (!document.hidden && link.state !== "lost") void this.again();
      }, EVERY);
      return () => clearInterval(timer);
    });
  }

  async again(): Promise<void> {
    try {
      const value = await this.load();
      // The same again is no news, and draws nothing.
      if (JSON.stringify(value) !== JSON.stringify(this.value)) this.value = value;
      this.error = null;
    } catch (reason) {
      this.error = reason;
    }
  }
}
