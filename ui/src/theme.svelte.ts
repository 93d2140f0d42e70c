/** Day or night: the system decides until the reader does; kept per browser. */

export type Theme = "system" | "light" | "dark";
export type Density = "dense" | "roomy";
const KEY = "quarterdeck.theme";
const DENSITY = "quarterdeck.density";
const dark = matchMedia("(prefers-color-scheme: dark)");

function kept(): Theme {
  const found = localStorage.getItem(KEY);
  return found === "light" || found === "dark" ? found : "system";
}

class Appearance {
  theme = $state<Theme>(kept());
  density = $state<Density>(localStorage.getItem(DENSITY) === "roomy" ? "roomy" : "dense");
  #systemDark = $state(dark.matches);
  readonly isDark = $derived(this.theme === "dark" || (this.theme === "system" && this.#systemDark));

  start(): void {
    dark.addEventListener("change", () => (this.#systemDark = dark.matches));
    this.#apply();
  }

  set(theme: Theme): void {
    this.theme = theme;
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
    this.#apply();
  }

  setDensity(density: Density): void {
    this.density = density;
    localStorage.setItem(DENSITY, density);
    this.#apply();
  }

  switch(): void {
    this.set(this.isDark ? "light" : "dark");
  }

  #apply(): void {
    document.documentElement.dataset["density"] = this.density;
    if (this.theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = this.theme;
  }
}

export const appearance = new Appearance();
