/** Whether somebody can see the page: a tab behind others needs nothing anew. */
import { createSubscriber } from "svelte/reactivity";

const turns = createSubscriber((update) => {
  document.addEventListener("visibilitychange", update);
  return () => document.removeEventListener("visibilitychange", update);
});

/** An effect that asks runs again when this turns. */
export function isSeen(): boolean {
  turns();
  return !document.hidden;
}
