/** Why the kernel refuses, in words: made from the table of the rules, fetched with the editor. */

import type { Language } from "../engine.ts";

/** What the kernel answers, and the rule that made it. */
export interface Refusal {
  readonly errno: string;
  readonly rule: string;
}

type Sentences = Readonly<Record<string, string>>;

const loaded = new Map<Language, Sentences>();
const asked = new Set<Language>();

/** Fetches the sentences of a language, once: without them the error itself is shown. */
export function loadRefusals(language: Language, onEnd: () => void): void {
  if (asked.has(language)) return;
  asked.add(language);
  fetchSentences(language).then(
    (sentences) => {
      loaded.set(language, sentences);
      onEnd();
    },
    () => undefined,
  );
}

async function fetchSentences(language: Language): Promise<Sentences> {
  const answer = await fetch(new URL(`texts/refusals.${language}.json`, document.baseURI));
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

/** The error and why, or the error alone while the sentences are not there. */
export function refusalText({ errno, rule }: Refusal, language: Language): string {
  const sentence = loaded.get(language)?.[rule];
  if (sentence === undefined) return errno;
  return language === "zh" ? `${errno}：${sentence}` : `${errno}: ${sentence}`;
}
