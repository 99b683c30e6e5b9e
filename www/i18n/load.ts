/** Fetches the words of a language. */

import type { Language } from "../engine.ts";
import enUrl from "./en.json?url";
import { addCatalogue, hasCatalogue } from "./index.ts";
import zhUrl from "./zh.json?url";

const ADDRESSES: Readonly<Record<Language, string>> = { en: enUrl, zh: zhUrl };

/** Makes sure that a language can be used. Rejects when its file cannot be had. */
export async function loadTexts(language: Language): Promise<void> {
  if (hasCatalogue(language)) return;
  const answer = await fetch(ADDRESSES[language]);
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  addCatalogue(language, await answer.json());
}
