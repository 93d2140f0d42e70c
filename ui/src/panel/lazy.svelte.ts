/** Components that a panel loads when it has one: the first load of a panel without them stays small. */
import type { Component } from "svelte";
import { texts } from "../texts";
import type { Shown } from "./shown";

export type Part = Component<{ shown: Shown; topic: string }>;

type Load = () => Promise<Record<string, Part>>;

const inputs: Load = () => import("./inputs");
const reading: Load = () => import("./reading");
const files: Load = () => import("./files");
const shapes: Load = () => import("./shapes");
const gauge: Load = () => import("./Gauge.svelte").then((module) => ({ Gauge: module.default }));
const LOADS: Record<string, Load> = {
  ...{ Button: inputs, Select: inputs, Slider: inputs, TextInput: inputs },
  ...{ Markdown: reading, Json: reading, Log: reading },
  ...{ Image: files, Figure: files, Download: files },
  ...{ PieChart: shapes, Heatmap: shapes },
  Gauge: gauge,
};

class Parts {
  #here = $state.raw<Record<string, Part>>({});
  #says = $state.raw<Record<string, string>>({});
  #asked = new Set<string>();

  /** Undefined until it is here, and for a kind that this page does not have. */
  get(type: string): Part | undefined {
    const load = LOADS[type];
    if (load && !this.#asked.has(type)) {
      this.#asked.add(type);
      void this.#load(type, load);
    }
    return this.#here[type];
  }

  /** What stands in its place meanwhile. */
  says(type: string): string {
    return type in LOADS ? (this.#says[type] ?? "") : texts.panel.unknownComponent(type);
  }

  async #load(type: string, load: Load): Promise<void> {
    try {
      const loaded = await load();
      // Only now: others may have come meanwhile.
      this.#here = { ...this.#here, ...loaded };
    } catch {
      this.#says = { ...this.#says, [type]: texts.panel.partFailed(type) };
    }
  }
}

export const parts = new Parts();
