/** What stays from visit to visit: language, theme, charts, drafts. A browser without storage forgets them. */

import type { Language } from "./engine.ts";
import { CHARTS, type Chart, type Theme } from "./store.ts";
import { replaceAddress, withLanguage } from "./url.ts";

const LANGUAGE = "hintfault.language";
const THEME = "hintfault.theme";
const TEXTURE = "hintfault.textured";
const CHART = "hintfault.charts";
/** A longer text is not kept: storage is small, and writing takes time. */
const MAX_CHARS = 262_144;
const THEMES: readonly Theme[] = ["auto", "light", "dark"];

/** What was kept under a name; null if nothing was, or the browser does not say. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a text; false where it is too long, or storage refused or full: then it holds for this visit. */
export function keep(name: string, value: string): boolean {
  if (value.length > MAX_CHARS) return false;
  try {
    localStorage.setItem(name, value);
    return true;
  } catch {
    return false;
  }
}

export function forget(name: string): void {
  try {
    localStorage.removeItem(name);
  } catch {
    // Where nothing can be kept there is nothing to forget.
  }
}

/** The first that the page speaks: of what the address asks for, what was chosen, what the browser prefers. */
export function savedLanguage(): Language {
  const asked = new URLSearchParams(location.search).get("lang");
  const wanted = [asked, kept(LANGUAGE), ...navigator.languages];
  const spoken = wanted.map((tag) => tag?.toLowerCase().split("-")[0]);
  return spoken.find((tag) => tag === "en" || tag === "zh") ?? "en";
}

/** An address that asks for a language asks for this one from now on. */
export function saveLanguage(language: Language): void {
  keep(LANGUAGE, language);
  replaceAddress(withLanguage(location.href, language));
}

/** The theme that was chosen, or the system's. */
export function savedTheme(): Theme {
  const saved = kept(THEME);
  return THEMES.find((theme) => theme === saved) ?? "auto";
}

export function saveTheme(theme: Theme): void {
  keep(THEME, theme);
}

/** Whether nodes have textures: as chosen, or where the system is asked for more contrast. */
export function savedTexture(): boolean {
  return (kept(TEXTURE) ?? String(matchMedia("(prefers-contrast: more)").matches)) === "true";
}

export function saveTexture(textured: boolean): void {
  keep(TEXTURE, String(textured));
}

/** The theme after this one, for a button that goes through all of them. */
export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
}

/** The charts that were chosen; null if none ever were. */
export function savedCharts(): readonly Chart[] | null {
  const saved = kept(CHART);
  if (saved === null) return null;
  const names = saved.split(" ");
  return CHARTS.filter((chart) => names.includes(chart));
}

export function saveCharts(charts: readonly Chart[]): void {
  keep(CHART, charts.join(" "));
}
