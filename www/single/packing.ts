/** What turns the page into one file, beside vite-plugin-singlefile, which puts script and styles into it. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { onePage } from "./one-page.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".json": "application/json",
  ".wasm": "application/wasm",
};
const DOCS_DIR = "dist/docs";
const GLUE_ADDRESS = "new URL('hintfault_web_bg.wasm', import.meta.url)";
const SCRIPT_HASH = "sha256-of-the-script";
/** Nothing is asked for, of anyone: what the file needs is in it. */
const POLICY =
  `default-src 'none'; script-src '${SCRIPT_HASH}' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; ` +
  "img-src data:; object-src 'none'; base-uri 'none'; form-action 'none'";

function packed(content: Uint8Array | string, type: string): string {
  const coded = gzipSync(content, { level: 9 }).toString("base64");
  return `export default ${JSON.stringify(`${type};${coded}`)};`;
}

function docs(): string {
  const names = readdirSync(DOCS_DIR).filter((name) => name.endsWith(".html"));
  const documents = names.map((name) => ({
    name: name.replace(".html", ""),
    html: readFileSync(`${DOCS_DIR}/${name}`, "utf8"),
  }));
  return packed(onePage(documents), "text/html");
}

/** Files that are fetched become texts that `asset.ts` unpacks. */
export function packFiles(): Plugin {
  return {
    name: "pack-files",
    enforce: "pre",
    resolveId(id) {
      if (id === "virtual:docs") return "\0virtual:docs";
      return id.endsWith("/asset.ts") ? `${import.meta.dirname}/asset.ts` : null;
    },
    load(id) {
      if (id === "\0virtual:docs") return docs();
      const [file = "", query] = id.split("?");
      const type = TYPES[extname(file)];
      return query === "url" && type !== undefined ? packed(readFileSync(file), type) : null;
    },
    transform(code, id) {
      if (!id.endsWith("/hintfault_web.js")) return null;
      if (!code.includes(GLUE_ADDRESS)) this.error(`no ${GLUE_ADDRESS} in ${id}`);
      return { code: code.replace(GLUE_ADDRESS, "undefined"), map: null };
    },
  };
}

function icon(): string {
  return readFileSync("www/icon.svg").toString("base64");
}

/** Begins with `main.ts` of this folder, under a policy that allows that one script. */
export function enterHere(): Plugin {
  return {
    name: "enter-here",
    transformIndexHtml: {
      order: "pre",
      handler: (html) =>
        html
          .replace("./www/main.ts", "./www/single/main.ts")
          .replace("./www/icon.svg", `data:image/svg+xml;base64,${icon()}`)
          .replace(/content="default-src[^"]*"/, () => `content="${POLICY}"`)
          .replace(/\s*<link rel="manifest"[^>]*>/, ""),
    },
  };
}

/** After everything is in its place: the policy names the script by its hash. */
export function nameScript(): Plugin {
  return {
    name: "name-script",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type !== "asset" || !file.fileName.endsWith(".html")) continue;
          const html = String(file.source);
          const script = /<script type="module"[^>]*>([\s\S]*?)<\/script>/.exec(html)?.[1];
          if (script === undefined) this.error("no script in the page");
          if (!html.includes(SCRIPT_HASH)) this.error("the page has no policy that was replaced");
          const hash = createHash("sha256").update(script).digest("base64");
          file.source = html.replace(SCRIPT_HASH, () => `sha256-${hash}`);
        }
      },
    },
  };
}
