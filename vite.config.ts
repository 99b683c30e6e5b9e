import { defineConfig } from "vite";

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
  },
});
