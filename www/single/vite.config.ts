import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";
import { enterHere, nameScript, packFiles } from "./packing.ts";

// The page as one HTML file that needs no server. It wants dist/docs, so the page is built before it.
export default defineConfig({
  publicDir: false,
  plugins: [packFiles(), enterHere(), viteSingleFile(), nameScript()],
  build: {
    outDir: "target/single-file",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
  },
});
