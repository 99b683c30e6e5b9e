/**
 * The sentences of explanations: Playground.explainEvent() and its like give ids and figures, these
 * give the words. One file a language, loaded when somebody first asks why.
 */

import type { Language } from "./engine.ts";

/** In every text, {0}, {1} … stand for the operands. */
export interface WhyTexts {
  /** In the order that Check.test counts: what a test asks, and the kernel function that asks it. */
  readonly tests: readonly {
    readonly id: string;
    readonly asks: string;
    readonly function: string;
  }[];
  /** By id: the head line. */
  readonly verdicts: Readonly<Record<string, string>>;
  /** By id: what would change the answer. */
  readonly changes: Readonly<Record<string, string>>;
  /** By id: why the kernel refuses a call, and what it would take. */
  readonly refusals: Readonly<Record<string, string>>;
  /** By name: source file in Linux 6.12, what it decides, its place under docs/. */
  readonly functions: Readonly<
    Record<string, { readonly file: string; readonly decides: string; readonly docs: string }>
  >;
}

const addresses: Readonly<Record<Language, URL>> = {
  en: new URL("./texts/why.en.json", import.meta.url),
  zh: new URL("./texts/why.zh.json", import.meta.url),
};

/** The texts of a language; rejects if they cannot be had. */
export async function loadWhyTexts(language: Language): Promise<WhyTexts> {
  const response = await fetch(addresses[language]);
  if (!response.ok) throw new Error(`${addresses[language].href}: HTTP ${response.status}`);
  return (await response.json()) as WhyTexts;
}
