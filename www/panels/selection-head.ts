/** What is selected, and ways to select without a pointer. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Mm } from "../engine.ts";
import type { Translate } from "../i18n/index.ts";
import type { Selection } from "../selection.ts";
import { shownMm } from "../store.ts";

export function selectionHead(app: App, t: Translate): TemplateResult {
  const { selection } = app.store.state;
  const mm = shownMm(app.store.state);
  const clear = html`<button class="small" data-testid="clear-selection"
    @click=${() => app.act(() => app.select(null))}>${t("clearSelection")}</button>`;
  return html`<div class="panel-head selection-head">
    <h2 data-testid="selection">${titleOf(app, selection, t)}</h2>
    <span class="spacer"></span>
    ${selection === null ? nothing : clear}
  </div>
  ${mm === null ? nothing : chooser(app, mm, t)}`;
}

function titleOf(app: App, selection: Selection | null, t: Translate): string {
  const { snapshot } = app.store.state;
  switch (selection?.kind) {
    case "page": {
      const info = snapshot?.selectedPage;
      const page = info?.page ?? selection.page;
      return t("selection.page", { page, vma: vmaName(app, selection.process, selection.vma) });
    }
    case "vma":
      return t("selection.vma", { vma: vmaName(app, selection.process, selection.vma) });
    case "task": {
      const task = snapshot?.tasks.find((task) => task.tid === selection.tid);
      return t("selection.task", { name: task?.name ?? "?", tid: selection.tid });
    }
    case "event":
      return t("selection.event", { seq: selection.seq });
    default:
      return t("selection.none");
  }
}

function vmaName(app: App, process: number, vma: number): string {
  const mm = app.store.state.snapshot?.mms.find((mm) => mm.process === process);
  return mm?.vmas.find((candidate) => candidate.index === vma)?.name ?? "?";
}

/** Selects by lists and numbers: a task, a VMA, a page of it. */
function chooser(app: App, mm: Mm, t: Translate): TemplateResult {
  return html`<div class="chooser">${taskChoice(app, t)} ${vmaChoice(app, mm, t)} ${pageChoice(app, mm, t)}</div>`;
}

function taskChoice(app: App, t: Translate): TemplateResult {
  const { selection, snapshot } = app.store.state;
  const tid = selection?.kind === "task" ? selection.tid : null;
  const onTask = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    app.act(() => app.select(value === "" ? null : { kind: "task", tid: Number(value) }));
  };
  const tasks = (snapshot?.tasks ?? []).map(
    (task) => html`<option value=${task.tid} .selected=${task.tid === tid}>${task.name}</option>`,
  );
  return html`<label><span class="label">${t("selection.taskLabel")}</span>
    <select data-testid="choose-task" @change=${onTask}>
      <option value="" .selected=${tid === null}>–</option>${tasks}</select></label>`;
}

function vmaChoice(app: App, mm: Mm, t: Translate): TemplateResult {
  const chosen = placeOf(app.store.state.selection)?.vma ?? null;
  const onVma = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    const vma = Number(value);
    app.act(() => app.select(value === "" ? null : { kind: "vma", process: mm.process, vma }));
  };
  return html`<label><span class="label">${t("vmaName")}</span>
    <select data-testid="choose-vma" @change=${onVma}>
      <option value="" .selected=${chosen === null}>–</option>${mm.vmas.map(
        (vma) =>
          html`<option value=${vma.index} .selected=${vma.index === chosen}>${vma.name}</option>`,
      )}</select></label>`;
}

function pageChoice(app: App, mm: Mm, t: Translate): TemplateResult {
  const { selection } = app.store.state;
  const index = placeOf(selection)?.vma ?? mm.vmas[0]?.index ?? 0;
  const last = Math.max(0, (mm.vmas.find((vma) => vma.index === index)?.pages ?? 1) - 1);
  const onPage = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    if (Number.isNaN(input.valueAsNumber)) return;
    const page = Math.min(last, Math.max(0, Math.trunc(input.valueAsNumber)));
    input.value = String(page);
    app.act(() => app.select({ kind: "page", process: mm.process, vma: index, page }));
  };
  // Set only when the selection changes: a redraw must not wipe out what is being typed.
  const page = selection?.kind === "page" ? String(selection.page) : "";
  return html`<label><span class="label">${t("pageNumber")}</span>
    <input type="number" data-testid="choose-page" min="0" max=${last} step="1" inputmode="numeric"
      .value=${page} @change=${onPage} /></label>`;
}

function placeOf(selection: Selection | null): { process: number; vma: number } | null {
  return selection?.kind === "page" || selection?.kind === "vma" ? selection : null;
}
