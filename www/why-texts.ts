/**
 * The sentences of explanations: the simulator gives ids and figures, these give the words. They
 * are made from the tables of the crate hintfault-explain.
 */

import { LazyTexts } from "./lazy-texts.ts";
import enUrl from "./texts/why.en.json?url";
import zhUrl from "./texts/why.zh.json?url";

interface Decider {
  readonly test: number;
  readonly outcome: boolean;
}

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
  /**
   * By the verdict's id: which tests decide it. Of each group it is the last of the chain that came
   * out so; where a verdict is not listed, the last of the chain.
   */
  readonly deciders: Readonly<Record<string, readonly (readonly Decider[])[]>>;
  /** When a task changed nodes. */
  readonly moves: {
    readonly title: string;
    readonly changes: string;
    readonly none: string;
    readonly earlier: string;
    readonly between: string;
    /** By who moved it. */
    readonly causes: Readonly<Record<string, string>>;
  };
  /** By id: why the kernel refuses a call, and what it would take. */
  readonly refusals: Readonly<Record<string, string>>;
  /** By name: source file in Linux 6.12, what it decides, its place under docs/. */
  readonly functions: Readonly<
    Record<string, { readonly file: string; readonly decides: string; readonly docs: string }>
  >;
}

export const whyTexts = new LazyTexts<WhyTexts>((language) => (language === "zh" ? zhUrl : enUrl));
