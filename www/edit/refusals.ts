/** Why the kernel refuses, in words: the sentences stand with those of the explanations. */

import type { Language } from "../engine.ts";
import { whyTexts } from "../why-texts.ts";

/** What the kernel answers, and the rule that made it. */
export interface Refusal {
  readonly errno: string;
  readonly rule: string;
}

/** The error and why, or the error alone while the sentences are not there. */
export function refusalText({ errno, rule }: Refusal, language: Language): string {
  const sentence = whyTexts.in(language)?.refusals[rule];
  if (sentence === undefined) return errno;
  return language === "zh" ? `${errno}：${sentence}` : `${errno}: ${sentence}`;
}
