import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

/**
 * What the browser loads only when a part of the page needs it lies in a folder of its own, and so
 * do pieces that such parts share. The simulator's glue is always needed.
 */
function chunkName(chunk: { isDynamicEntry: boolean; moduleIds: string[] }): string {
  const isEngine = chunk.moduleIds.some((id) => id.includes("/www/wasm/"));
  const isShared = chunk.moduleIds.every((id) => SHARED.test(id));
  const isLater = (chunk.isDynamicEntry && !isEngine) || isShared;
  return isLater ? "assets/later/[name]-[hash].js" : "assets/[name]-[hash].js";
}

/** A service worker only serves its own folder and those below, so it lies beside the page. */
function entryName({ name }: { name: string }): string {
  return name === "offline-worker" ? "[name].js" : "assets/[name]-[hash].js";
}

/** What systems want to know of a page that is installed; the manifest names the icon as it is. */
function manifest(): Plugin {
  const files = ["www/offline/manifest.webmanifest", "www/icon.svg"];
  return {
    name: "manifest",
    generateBundle() {
      for (const file of files) {
        const fileName = file.slice(file.lastIndexOf("/") + 1);
        this.emitFile({ type: "asset", fileName, source: readFileSync(file) });
      }
    },
  };
}

/** Style sheets of such parts come with them. */
function assetName({ names }: { names: string[] }): string {
  const isLater = names.some((name) => name.endsWith(".css") && !name.startsWith("index"));
  return isLater ? "assets/later/[name]-[hash][extname]" : "assets/[name]-[hash][extname]";
}

/** What everybody loads is one file: it is smaller so, and parts that come later share it. */
const FIRST = /\/www\/[^/]+\.ts$|\/www\/(i18n|panels)\/|\/lit-html\//;

/** What parts that come later share, and nothing else needs. */
const SHARED = /\/www\/forms\//;

// Relative addresses everywhere, so that dist/ works from any sub-path of any host.
export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [manifest()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // A page without inlined assets can be kept under a strict Content-Security-Policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: "index.html", "offline-worker": "www/offline/worker.ts" },
      output: {
        entryFileNames: entryName,
        chunkFileNames: chunkName,
        assetFileNames: assetName,
        codeSplitting: {
          groups: [
            { name: "index", test: FIRST },
            { name: "forms", test: SHARED },
          ],
        },
      },
    },
  },
});
