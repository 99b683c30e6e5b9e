import { defineConfig } from "vite";

/**
 * What the browser loads only when a part of the page needs it lies in a folder of its own. The
 * simulator's glue is always needed, and what several parts share may be.
 */
function chunkName(chunk: { isDynamicEntry: boolean; moduleIds: string[] }): string {
  const isEngine = chunk.moduleIds.some((id) => id.includes("/www/wasm/"));
  const isLater = chunk.isDynamicEntry && !isEngine;
  return isLater ? "assets/later/[name]-[hash].js" : "assets/[name]-[hash].js";
}

/** Style sheets of such parts come with them. */
function assetName({ names }: { names: string[] }): string {
  const isLater = names.some((name) => name.endsWith(".css") && !name.startsWith("index"));
  return isLater ? "assets/later/[name]-[hash][extname]" : "assets/[name]-[hash][extname]";
}

/** What everybody loads is one file: it is smaller so, and parts that come later share it. */
const FIRST = /\/www\/[^/]+\.ts$|\/www\/(i18n|panels)\/|\/lit-html\//;

// Relative addresses everywhere, so that dist/ works from any sub-path of any host.
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // A page without inlined assets can be kept under a strict Content-Security-Policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        chunkFileNames: chunkName,
        assetFileNames: assetName,
        codeSplitting: { groups: [{ name: "index", test: FIRST }] },
      },
    },
  },
});
