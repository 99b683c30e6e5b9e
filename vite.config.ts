import { defineConfig } from "vite";

/** What the browser loads only when a part of the page needs it; the simulator's glue is always needed. */
function chunkName(chunk: { moduleIds: string[] }): string {
  const isEngine = chunk.moduleIds.some((id) => id.includes("/www/wasm/"));
  return isEngine ? "assets/[name]-[hash].js" : "assets/later/[name]-[hash].js";
}

/** Style sheets of such parts come with them. */
function assetName({ names }: { names: string[] }): string {
  const isLater = names.some((name) => name.endsWith(".css") && !name.startsWith("index"));
  return isLater ? "assets/later/[name]-[hash][extname]" : "assets/[name]-[hash][extname]";
}

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
    rolldownOptions: { output: { chunkFileNames: chunkName, assetFileNames: assetName } },
  },
});
