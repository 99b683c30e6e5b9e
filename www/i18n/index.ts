import type { Language, Problem } from "../engine.ts";
import { en, type Key } from "./en.ts";
import { zh } from "./zh.ts";

export type { Key } from "./en.ts";

const WORDS: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { en, zh };

export type Values = Readonly<Record<string, string | number>>;

/** Puts values in the places of a text; a place without a value stays as it is. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** A translator for one language. */
export type Translate = (key: Key, values?: Values) => string;

export function translator(language: Language): Translate {
  const words = WORDS[language];
  return (key, values = {}) => fill(words[key], values);
}

/** A problem that the page itself found, in the form of those that the simulator reports. */
export function problemOf(key: Key, values: Values = {}): Problem {
  return { path: "", message: fill(en[key], values), messageZh: fill(zh[key], values) };
}
