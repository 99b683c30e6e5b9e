/** The page that is selected, or a way to select one without a pointer. */

import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { App } from "../app.ts";
import type { Mm, PageInfo, PageRef } from "../engine.ts";
import { splitCpupid } from "../format.ts";
import type { Key, Translate } from "../i18n/index.ts";
import { shownMm } from "../store.ts";
import { fact, nodeChip } from "./parts.ts";

const ENTRIES: Readonly<Record<string, Key>> = {
  none: "entryNone",
  writable: "entryWritable",
  read_only: "entryReadOnly",
  hint: "entryHint",
};
const NOTHING_YET = "–";

export function pagePanel(app: App, t: Translate): TemplateResult {
  const { state } = app.store;
  const mm = shownMm(state);
  return html`<section class="panel page" data-in="space" aria-label=${t("page")}>
    <div class="panel-head">
      <h2>${t("page")}</h2>
      ${state.selection === null ? html`<span class="muted">${t("pagePrompt")}</span>` : clearButton(app, t)}
    </div>
    ${mm === null ? nothing : chooser(app, mm, t)}
    <dl class="facts one-column">${pageFacts(state.snapshot?.selectedPage ?? null, t)}</dl>
  </section>`;
}

function clearButton(app: App, t: Translate): TemplateResult {
  return html`<span class="spacer"></span>
    <button class="small" @click=${() => app.act(() => app.select(null))}>${t("clearSelection")}</button>`;
}

function chooser(app: App, mm: Mm, t: Translate): TemplateResult {
  const { selection } = app.store.state;
  const chosen = mm.vmas.find((vma) => vma.index === selection?.vma) ?? mm.vmas[0];
  const choose = (change: Partial<PageRef>): void => {
    const current = selection ?? { process: mm.process, vma: chosen?.index ?? 0, page: 0 };
    app.act(() => app.select({ ...current, ...change, process: mm.process }));
  };
  const onVma = (event: Event): void =>
    choose({ vma: Number((event.target as HTMLSelectElement).value), page: 0 });
  const onPage = (event: Event): void => {
    const last = Math.max(0, (chosen?.pages ?? 1) - 1);
    const { valueAsNumber } = event.target as HTMLInputElement;
    if (Number.isNaN(valueAsNumber)) return;
    choose({ page: Math.min(last, Math.max(0, Math.trunc(valueAsNumber))) });
  };
  return html`<div class="chooser">
    <label><span class="label">${t("vmaName")}</span>
      <select @change=${onVma}>${mm.vmas.map(
        (vma) => html`<option value=${vma.index} .selected=${vma === chosen}>${vma.name}</option>`,
      )}</select></label>
    <label><span class="label">${t("pageNumber")}</span>
      <input type="number" min="0" max=${(chosen?.pages ?? 1) - 1} step="1" inputmode="numeric"
        .value=${live(selection === null ? "" : String(selection.page))} @change=${onPage} /></label>
  </div>`;
}

function pageFacts(page: PageInfo | null, t: Translate): TemplateResult[] {
  const code = (text: string): TemplateResult => html`<span class="code">${text}</span>`;
  const node = page === null || page.node === null ? NOTHING_YET : nodeChip(page.node, t);
  const entry = page === null ? undefined : ENTRIES[page.entry];
  return [
    fact(t("pageAddress"), page === null ? NOTHING_YET : code(page.addr)),
    fact(t("pageNode"), node),
    fact(t("pageEntry"), entry === undefined ? (page?.entry ?? NOTHING_YET) : t(entry)),
    fact(t("pageLast"), page === null ? NOTHING_YET : lastFault(page, t), "last_cpupid"),
  ];
}

function lastFault(page: PageInfo, t: Translate): string {
  const last = splitCpupid(page.lastCpupid);
  if (last === null) return t("cpupidUnset");
  return t("cpupid", { cpu: last.cpu, pid: `${last.pidLow}` });
}
