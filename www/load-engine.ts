/** Fetches and starts the wasm module. */

import { asset } from "./asset.ts";
import type { Engine } from "./engine.ts";
import wasmUrl from "./wasm/hintfault_web_bg.wasm?url";

export async function loadEngine(): Promise<Engine> {
  const module = await import("./wasm/hintfault_web.js");
  await module.default({ module_or_path: asset(wasmUrl) });
  return module.Playground as unknown as Engine;
}
