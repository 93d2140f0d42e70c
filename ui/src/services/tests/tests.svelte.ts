/** The tests of a service, read anew when there is a new build: all of them, without the whole of their past. */
import { untrack } from "svelte";
import { get } from "../../api";
import { TEST_FIELDS, testView, type TestView } from "./build";

interface Answer {
  topics: { topic: string; state: Record<string, unknown> }[];
  next: string | null;
}

const PAGE = 1000;

export class Tests {
  all = $state.raw<TestView[]>([]);
  loaded = $state(false);
  error = $state.raw<unknown>(null);
  #asked = 0;

  /** `where` is the condition that names the service; `news` changes with each build. */
  constructor(where: () => string, news: () => unknown) {
    $effect(() => {
      void news();
      const wanted = where();
      void untrack(() => this.#read(wanted));
    });
  }

  async #read(where: string): Promise<void> {
    const mine = (this.#asked += 1);
    const found: TestView[] = [];
    try {
      for (let after: string | null = ""; after !== null; ) {
        const query = new URLSearchParams({ kind: "test", where, order: "name", limit: String(PAGE), fields: TEST_FIELDS, ...(after ? { after } : {}) });
        const page: Answer = await get<Answer>(`/api/topics?${query}`);
        found.push(...page.topics.map(({ topic, state }) => testView(topic, state)));
        after = page.next;
      }
      if (mine !== this.#asked) return;
      this.all = found;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.loaded = true;
  }
}
