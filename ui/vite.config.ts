import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import type { Plugin } from "vite";

/** Puts the icons into index.html, so that <use> finds them without a request and without a script. */
function icons(): Plugin {
  return {
    name: "icons",
    transformIndexHtml(html) {
      const symbols = readFileSync(new URL("src/icons.svg", import.meta.url), "utf8")
        .replace(/<svg[^>]*>/, '<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0" hidden>')
        .replaceAll('symbol id="', 'symbol id="i-');
      return html.replace("<!--icons-->", symbols);
    },
  };
}

/** What is drawn in a sandboxed frame, as it is written: it shares nothing with the page, and has no place in its chunks. */
function framed(): Plugin {
  const here = (path: string) => readFileSync(new URL(path, import.meta.url));
  return {
    name: "framed",
    generateBundle() {
      for (const name of ["figure.html", "figure.css", "figure.js"]) this.emitFile({ type: "asset", fileName: `framed/${name}`, source: here(`framed/${name}`) });
      this.emitFile({ type: "asset", fileName: "framed/plotly.js", source: here("node_modules/plotly.js-cartesian-dist-min/plotly-cartesian.min.js") });
    },
  };
}

/** What the heaviest page, a panel with charts, loads besides the entry. */
const AT_ONCE = new Set(["plot", "renderer"]);

/** The build fails when the page grows past what a first load may cost. */
function budget(most: number): Plugin {
  return {
    name: "budget",
    writeBundle(_, bundle) {
      const chunks = new Map(Object.values(bundle).flatMap((file) => (file.type === "chunk" ? [[file.fileName, file] as const] : [])));
      const loaded = new Set([...chunks.values()].flatMap((chunk) => (chunk.isEntry || AT_ONCE.has(chunk.name) ? [chunk.fileName] : [])));
      for (const name of loaded) for (const imported of chunks.get(name)?.imports ?? []) loaded.add(imported);
      const total = [...loaded].reduce((sum, name) => sum + gzipSync(chunks.get(name)?.code ?? "").length, 0);
      if (total > most) this.error(`the page has ${total} bytes of gzipped script, ${most} are allowed: load less, or later`);
    },
  };
}

export default defineConfig(({ mode }) => ({
  // Where the page will lie is known when it is asked for: the hub writes that into index.html, scripts find it by themselves.
  base: "./",
  plugins: [svelte(), icons(), framed(), budget(100_000)],
  resolve: mode === "test" ? { conditions: ["browser"] } : {},
  build: {
    outDir: process.env["QUARTERDECK_STATIC"] ?? "../src/quarterdeck/web/static",
    emptyOutDir: true,
    target: "es2022",
    // These know light-dark(): without them the minifier writes a detour through custom properties for older ones.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": { target: process.env["QUARTERDECK_HUB"] ?? "http://127.0.0.1:8080", ws: true } } },
  // No clock for what only computes: a busy machine takes ten times as long.
  test: { environment: "happy-dom", include: ["src/**/*.test.ts", "tests/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
}));
