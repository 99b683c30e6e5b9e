/** Texts that only a part of the page needs: fetched by language when that part is first looked at. */

import { asset } from "./asset.ts";
import type { Language } from "./engine.ts";

export class LazyTexts<Texts> {
  private readonly loaded = new Map<Language, Texts>();
  private readonly failed = new Set<Language>();
  private readonly asked = new Set<Language>();

  constructor(private readonly address: (language: Language) => string) {}

  /** The texts, if they are there already. */
  in(language: Language): Texts | null {
    return this.loaded.get(language) ?? null;
  }

  hasFailed(language: Language): boolean {
    return this.failed.has(language);
  }

  /** Fetches them once; tells by `onEnd` when they are there, or cannot be had. */
  load(language: Language, onEnd: () => void): void {
    if (this.asked.has(language)) return;
    this.asked.add(language);
    this.fetched(language)
      .then((texts) => this.loaded.set(language, texts))
      .catch(() => this.failed.add(language))
      .finally(onEnd);
  }

  private async fetched(language: Language): Promise<Texts> {
    const answer = await asset(this.address(language));
    return answer.json();
  }
}
