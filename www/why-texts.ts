/** The sentences of explanations. They are made from the tables of the engine's side, and loaded when first needed. */

import type { Language } from "./engine.ts";

/** What stands in `texts/why.<language>.json`. */
export interface WhyTexts {
  /** By test: the question with places for its operands, and the kernel function that asks it. */
  readonly tests: Readonly<Record<string, { readonly text: string; readonly function: string }>>;
  /** By verdict: the line at the end of a chain, and the sentence above it. */
  readonly verdicts: Readonly<Record<string, { readonly text: string; readonly headline: string }>>;
  /** By change: what would change the answer. */
  readonly changes: Readonly<Record<string, string>>;
  /** By kernel function: what it decides, its source file, and where the documentation tells more. */
  readonly functions: Readonly<
    Record<string, { readonly text: string; readonly source: string; readonly docs: string }>
  >;
}

const loaded = new Map<Language, WhyTexts>();
const failed = new Set<Language>();

/** The texts, if they are there already. */
export function whyTexts(language: Language): WhyTexts | null {
  return loaded.get(language) ?? null;
}

export function whyTextsFailed(language: Language): boolean {
  return failed.has(language);
}

/** Fetches them; tells by `onEnd` when they are there, or cannot be had. */
export function loadWhyTexts(language: Language, onEnd: () => void): void {
  if (loaded.has(language) || failed.has(language)) return;
  fetchTexts(language)
    .then((texts) => loaded.set(language, texts))
    .catch(() => failed.add(language))
    .finally(onEnd);
}

async function fetchTexts(language: Language): Promise<WhyTexts> {
  const answer = await fetch(new URL(`texts/why.${language}.json`, document.baseURI));
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}
