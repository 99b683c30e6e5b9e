/** What the fields of the kernel's structures mean, a line each. */

import enUrl from "./i18n/fields.en.json?url";
import zhUrl from "./i18n/fields.zh.json?url";
import { LazyTexts } from "./lazy-texts.ts";

/** By structure and field; "about" is the structure itself. */
export type FieldTexts = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const fieldTexts = new LazyTexts<FieldTexts>((language) =>
  language === "zh" ? zhUrl : enUrl,
);
