/** Short news of what an act led to. Good news leaves, a failure stays until it is closed. */
import { ApiError } from "./api";

export interface Toast {
  id: number;
  title: string;
  line: string;
  failed: boolean;
  to?: { path: string; text: string };
}

const GOOD_NEWS = 6000;
const MOST = 3;

class Toasts {
  shown = $state<Toast[]>([]);
  #ids = 0;

  good(title: string, to?: Toast["to"]): void {
    const id = this.#show({ title, line: "", failed: false, ...(to ? { to } : {}) });
    setTimeout(() => this.close(id), GOOD_NEWS);
  }

  failure(title: string, error: unknown): void {
    const line = error instanceof ApiError ? [error.message, error.hint].filter(Boolean).join(" ") : String(error);
    this.#show({ title, line, failed: true });
  }

  close(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }

  #show(toast: Omit<Toast, "id">): number {
    const id = ++this.#ids;
    this.shown = [...this.shown, { id, ...toast }].slice(-MOST);
    return id;
  }
}

export const toasts = new Toasts();
