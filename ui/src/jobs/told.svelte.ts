/** The jobs of which somebody wants to be told that they have ended; for as long as the page is open. */
import type { Held } from "../live/client";
import { link } from "../live/live.svelte";
import { jobPath } from "../router.svelte";
import { lookOf } from "../status";
import { jobTexts as t } from "../texts/jobs";
import { jobView, whyText } from "./job";

class Told {
  #held = $state.raw<ReadonlyMap<string, Held>>(new Map());

  has(id: string): boolean {
    return this.#held.has(id);
  }

  ask(id: string): void {
    const topic = `job/${id}`;
    // Not with the next frame: there is none while the tab is behind others, and that is when it matters.
    const held = link.client.hold({ topics: [topic] }, () => this.#look(topic), { atOnce: true });
    this.#held = new Map([...this.#held, [id, held]]);
    this.#look(topic);
  }

  forget(id: string): void {
    this.#held.get(id)?.release();
    this.#held = new Map([...this.#held].filter(([one]) => one !== id));
  }

  #look(topic: string): void {
    const entry = link.client.board.entries.get(topic);
    if (!entry?.known || entry.missing) return;
    const job = jobView(topic, entry);
    if (job.state === "running") return;
    this.forget(job.id);
    const said = new Notification(t.ended(job.name, lookOf(job.state).word), { body: whyText(job), tag: topic });
    said.onclick = () => {
      window.focus();
      location.assign(jobPath(job.id));
    };
  }
}

export const told = new Told();
