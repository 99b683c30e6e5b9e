/** The sentences of explanations. They are made from the tables of the engine's side, and loaded when first needed. */

import { LazyTexts } from "./lazy-texts.ts";

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

/** Beside the page: they are made when it is built. */
export const whyTexts = new LazyTexts<WhyTexts>((language) =>
  new URL(`texts/why.${language}.json`, document.baseURI).toString(),
);
