/** Keeps the user's own scenario from visit to visit, on this machine only, and takes and gives files. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import { isScenarioFailure } from "../engine.ts";
import { formatCount } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import { copyText, Lull } from "../link.ts";
import { showDialog } from "../panels/dialogs.ts";
import { encodeSelection } from "../selection.ts";
import { titleOf } from "../session.ts";
import { forget, keep, kept } from "../settings.ts";
import { message } from "../store.ts";
import { isEmbedded } from "../url.ts";
import { describe, embedSnippet, fileName } from "./text.ts";
import "./keeping.css";

const SAVED = "hintfault.scenario";
/** Written so long after the last change. */
const QUIET_MS = 800;

export class Keeping {
  private readonly lull = new Lull(QUIET_MS);
  private offered: string | null = null;

  constructor(private readonly app: App) {}

  begin(): void {
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => this.drop(event));
    if (isEmbedded) return;
    addEventListener("pagehide", () => this.write());
    if (this.app.opening.isFresh) this.offer(kept(SAVED));
  }

  /** Called when the run rests; `key` stands for all that is kept. */
  rest(key: string): void {
    if (!isEmbedded) this.lull.rest(key, () => this.write());
  }

  /** Only the user's own: presets and lessons are there anyway. */
  private write(): void {
    this.lull.end();
    const { playground } = this.app.session;
    const { presetId, lesson, selection, snapshot } = this.app.store.state;
    if (playground === null || snapshot === null || presetId !== null || lesson !== null) return;
    try {
      keep(SAVED, playground.fragmentBody(encodeSelection(selection)));
    } catch (thrown) {
      if (!isScenarioFailure(thrown)) throw thrown;
    }
  }

  private offer(body: string | null): void {
    const offer = body === null ? null : describe(body);
    if (offer === null) return;
    this.offered = body;
    this.app.store.update({ offer });
  }

  private goOn(): void {
    const body = this.offered;
    this.app.store.update({ offer: null });
    if (body === null) return;
    try {
      // It is kept as links carry it, and read with the same care.
      this.app.opening.resume(this.app.session.readFragment("a", body));
    } catch (thrown) {
      if (!isScenarioFailure(thrown)) throw thrown;
      forget(SAVED);
      this.app.store.update({
        message: { ...message("keeping.broken"), problems: thrown.errors },
      });
    }
  }

  private discard(): void {
    forget(SAVED);
    this.app.store.update({ offer: null });
  }

  /** A calm line: what was worked on last time. */
  offerLine(t: Translate): TemplateResult | typeof nothing {
    const { offer, language } = this.app.store.state;
    if (offer === null) return nothing;
    const title = offer.title?.[language] ?? t("ownScenario");
    return html`<div class="offer row" role="status" data-testid="offer">
      <span>${t("keeping.offer", { title, tick: formatCount(offer.tick) })}</span>
      <button class="small" data-testid="offer-take" @click=${() => this.app.act(() => this.goOn())}>${t("keeping.goOn")}</button>
      <button class="small" data-testid="offer-discard" @click=${() => this.app.act(() => this.discard())}>${t("keeping.discard")}</button>
    </div>`;
  }

  // Files

  /** Gives a scenario to the browser as a file to save. */
  save(text: string): void {
    const { language } = this.app.store.state;
    const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = fileName(titleOf(text)?.[language] ?? "");
    link.click();
    // The browser has to have begun reading before the address goes.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  private drop(event: DragEvent): void {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file === undefined || isEmbedded) return;
    this.app.act(() => {
      this.app.building.close();
      showDialog(this.app, "open");
      this.app.opening.takeFile(file);
    });
  }

  // Other pages

  /** A snippet that shows this moment in another page. */
  embedRow(url: string, t: Translate): TemplateResult | typeof nothing {
    // A file on this machine is nothing that another page could show.
    if (location.protocol === "file:") return nothing;
    const snippet = embedSnippet(url, t("keeping.embedTitle"));
    const copy = (event: Event): void => {
      const button = event.currentTarget as HTMLButtonElement;
      copyText(snippet).then((done) => {
        const row = button.parentElement;
        const words = row?.querySelector("[role=status]");
        if (words) words.textContent = t(done ? "keeping.copied" : "keeping.notCopied");
        if (!done) row?.querySelector("textarea")?.select();
      });
    };
    return html`<div class="embed-row"><label><span class="label">${t("keeping.embed")}</span>
      <textarea data-testid="embed-snippet" readonly rows="3" spellcheck="false" .value=${snippet}></textarea></label>
      <div class="row"><button class="small" data-testid="embed-copy" @click=${copy}>${t("keeping.copy")}</button>
      <span role="status"></span></div></div>`;
  }
}
