/** Fetches the words of a language. */

import { asset } from "../asset.ts";
import type { Language } from "../engine.ts";
import enUrl from "./en.json?url";
import { addCatalogue, hasCatalogue } from "./index.ts";
import zhUrl from "./zh.json?url";

const ADDRESSES: Readonly<Record<Language, string>> = { en: enUrl, zh: zhUrl };

/** Makes sure that a language can be used. Rejects when its file cannot be had. */
export async function loadTexts(language: Language): Promise<void> {
  if (hasCatalogue(language)) return;
  const answer = await asset(ADDRESSES[language]);
  addCatalogue(language, await answer.json());
}
