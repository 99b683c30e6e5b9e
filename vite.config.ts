import { defineConfig } from "vite";

/** What the browser loads only when a part of the page needs it; the simulator's glue is always needed. */
function chunkName(chunk: { moduleIds: string[] }): string {
  const isEngine = chunk.moduleIds.some((id) => id.includes("/www/wasm/"));
  return isEngine ? "assets/[name]-[hash].js" : "assets/later/[name]-[hash].js";
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
    rolldownOptions: { output: { chunkFileNames: chunkName } },
  },
});
