/** The words of the page. Each language is a file of its own, and only the one in use is loaded. */

import type { Language, Problem } from "../engine.ts";
import type en from "./en.json";

type Nested = typeof en;
type KeysOf<T> = {
  [Name in keyof T & string]: T[Name] extends string ? Name : `${Name}.${keyof T[Name] & string}`;
}[keyof T & string];

/** What a text is called: its name, or its section and its name. */
export type Key = KeysOf<Nested>;
export type Values = Readonly<Record<string, string | number>>;
export type Catalogue = Readonly<Record<Key, string>>;

type Sections = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** A catalogue as it stands in its file, with sections' texts under "section.name". */
export function flattened(sections: Sections): Record<string, string> {
  const flat = Object.entries(sections).flatMap(([name, text]) =>
    typeof text === "string"
      ? [[name, text] as const]
      : Object.entries(text).map(([inner, words]) => [`${name}.${inner}`, words] as const),
  );
  return Object.fromEntries(flat);
}

const catalogues = new Map<Language, Catalogue>();

/** Makes a language ready for use. */
export function addCatalogue(language: Language, sections: Sections): void {
  catalogues.set(language, flattened(sections) as Catalogue);
}

export function hasCatalogue(language: Language): boolean {
  return catalogues.has(language);
}

/** Puts values in the places of a text; a place without a value stays as it is. */
export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** A translator for one language. */
export type Translate = (key: Key, values?: Values) => string;

/** A text that is missing shows its name. */
export function translator(language: Language): Translate {
  const words = catalogues.get(language);
  return (key, values = {}) => fill(words?.[key] ?? key, values);
}

/** A problem that the page itself found. */
export interface OwnProblem {
  readonly path: string;
  readonly key: Key;
  readonly values: Values;
}

export type AnyProblem = Problem | OwnProblem;

export function problemOf(key: Key, values: Values = {}): OwnProblem {
  return { path: "", key, values };
}

/** A problem in the reader's language. */
export function problemText(problem: AnyProblem, language: Language): string {
  if ("key" in problem) return translator(language)(problem.key, problem.values);
  return language === "zh" ? problem.messageZh : problem.message;
}
