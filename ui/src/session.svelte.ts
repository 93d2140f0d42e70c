/** Who looks at the page, and what they may do. */
import { ApiError, configure, get, post } from "./api";
import { at } from "./base";

export interface Me {
  name: string;
  role: "admin" | "guest" | "producer";
  csrf: string;
  deck: string;
  needs_password: boolean;
}

class Session {
  me = $state.raw<Me | null>(null);
  /** "asking" until the hub has said who we are. */
  state = $state<"asking" | "in" | "out" | "unreachable">("asking");

  get mayAct(): boolean {
    return this.me?.role === "admin";
  }

  async ask(): Promise<void> {
    configure("", () => this.#end());
    try {
      this.#begin(await get<Me>("/api/me"));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.#end();
      else this.state = "unreachable";
    }
  }

  async login(proof: { code: string } | { name: string; password: string }): Promise<Me> {
    await post("/api/login", proof);
    const me = await get<Me>("/api/me");
    this.#begin(me);
    return me;
  }

  /** Gives the first admin a name and a password. */
  async name(name: string, password: string): Promise<void> {
    await post("/api/account", { name, password });
    this.#begin(await get<Me>("/api/me"));
  }

  async logout(): Promise<void> {
    await post("/api/logout");
    // A page loaded anew holds nothing of what this account has seen.
    location.assign(at("/login"));
  }

  #begin(me: Me): void {
    configure(me.csrf);
    this.me = me;
    this.state = "in";
  }

  #end(): void {
    configure("");
    this.me = null;
    this.state = "out";
  }
}

export const session = new Session();
