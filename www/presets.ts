/** The scenarios that come with Hintfault; the first is the default. */

import { asset } from "./asset.ts";
import type { Bilingual } from "./engine.ts";
import presetsUrl from "./presets.json?url";

export interface Preset {
  readonly id: string;
  readonly title: Bilingual;
  readonly summary: Bilingual;
  /** As text. */
  readonly document: string;
}

/** A preset in the file, which is made from those of the crate hintfault-scenario. */
interface Stored {
  readonly id: string;
  readonly document: { readonly title: Bilingual; readonly summary: Bilingual };
}

export function presetOf({ id, document }: Stored): Preset {
  const { title, summary } = document;
  return { id, title, summary, document: JSON.stringify(document) };
}

/** Rejects when their file cannot be had. */
export async function loadPresets(): Promise<readonly Preset[]> {
  const answer = await asset(presetsUrl);
  const stored: readonly Stored[] = await answer.json();
  return stored.map(presetOf);
}
