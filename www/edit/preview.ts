/** What a policy would come to: asked of the engine, which changes nothing by it. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { PolicyPreview } from "../engine.ts";
import { formatCount } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import { copyText } from "../link.ts";
import { nodeChip, nodeClass } from "../panels/parts.ts";
import {
  type Field,
  type FieldProblem,
  moveFlags,
  type PolicyDraft,
  policyText,
  rangeOf,
  takesHome,
  weightsOf,
} from "./draft.ts";
import type { Editing } from "./panel.ts";
import type { PolicySubject } from "./policy-form.ts";
import { loadRefusals, refusalText } from "./refusals.ts";

/** Whose policy it would be: a VMA's, or a task's. */
export interface Asked {
  readonly process: number;
  readonly vma: number | null;
  readonly tid: number | null;
}

/** Pages whose place is shown. */
const SHOWN_PAGES = 32;

const FIELD_OF_RULE: Readonly<Record<string, Field>> = {
  static_and_relative: "flags",
  balancing_mode: "flags",
  node_flags_without_nodes: "flags",
  mode_needs_nodes: "nodes",
  no_allowed_node: "nodes",
  home_node_offline: "home",
  home_node_mode: "home",
  home_node_without_policy: "home",
  page_misplaced: "move",
  page_not_moved: "move",
  range_has_hole: "range",
};

export function askPreview(
  editing: Editing,
  { scope, asked }: PolicySubject,
  there: readonly number[],
): PolicyPreview | null {
  const { app, editor } = editing;
  const draft = editor.state.policy;
  loadRefusals(app.store.state.language, () => app.act(() => app.redraw()));
  const pages = scope.kind === "pages" ? scope.pages : SHOWN_PAGES;
  const range = rangeOf(draft, pages) ?? { first: 0, pages };
  const home = takesHome(draft.mode) ? draft.home : null;
  return (
    app.session.playground?.previewPolicy?.({
      ...asked,
      ...{ policy: policyText(draft, there), home, flags: moveFlags(draft).join() },
      ...{ first: range.first, pages: range.pages, shown: Math.min(SHOWN_PAGES, range.pages) },
      weights: weightsOf(draft) ?? [],
    }) ?? null
  );
}

/** The kernel's refusal, in the field that it is about. */
export function refusalOf({ refused }: PolicyPreview): FieldProblem[] {
  if (refused === null) return [];
  const problem = {
    path: "",
    message: refusalText(refused, "en"),
    messageZh: refusalText(refused, "zh"),
  };
  return [{ field: FIELD_OF_RULE[refused.rule] ?? "mode", problem }];
}

export function previewPanel(
  editing: Editing,
  { scope }: PolicySubject,
  preview: PolicyPreview | null,
): unknown {
  if (preview === null || preview.refused !== null) return nothing;
  const { editor, t } = editing;
  const draft = editor.state.policy;
  return html`<section class="preview" aria-label=${t("edit.preview")} data-testid="policy-preview">
    <h4>${t("edit.preview")}</h4>
    <p class="balancing ${preview.scanned ? "yes" : "no"}" data-testid="policy-scanned">
      ${t(preview.scanned ? "edit.scanned" : "edit.notScanned")}</p>
    ${places(preview, draft, scope.kind === "pages", t)}
    ${commands(editing, preview)}</section>`;
}

/** Where the next pages would come to lie, one cell a page, and how many on each node. */
function places(
  { nodes }: PolicyPreview,
  draft: PolicyDraft,
  isMemory: boolean,
  t: Translate,
): TemplateResult {
  const counts = new Map<number, number>();
  for (const node of nodes) if (node !== null) counts.set(node, (counts.get(node) ?? 0) + 1);
  const chips = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([node, count]) => nodeChip(node, t, count));
  const first = isMemory && draft.part ? draft.first : "0";
  const words = isMemory
    ? t("edit.nextPages", { count: formatCount(nodes.length), first })
    : t("edit.nextPagesTask", { count: formatCount(nodes.length) });
  return html`<p>${words}</p>
    <div class="places" aria-hidden="true">${nodes.map(cell)}</div>
    <p class="boxes" data-testid="policy-places">${chips}</p>`;
}

function cell(node: number | null): TemplateResult {
  return html`<span class="place ${node === null ? "" : nodeClass(node)}">${node ?? "–"}</span>`;
}

function commands(editing: Editing, { call, numactl, numactlNote }: PolicyPreview): TemplateResult {
  const { app, t } = editing;
  const { language } = app.store.state;
  const shown =
    numactl === null
      ? html`<p class="muted" data-testid="policy-numactl">${numactlNote?.[language] ?? nothing}</p>`
      : code(editing, "policy-numactl", `numactl ${numactl} …`);
  return html`<h4>${t("edit.sameAs")}</h4>${shown} ${code(editing, "policy-call", call)}`;
}

function code({ app, editor, t }: Editing, id: string, text: string): TemplateResult {
  const copy = (): void => {
    copyText(text).then((done) => app.act(() => editor.copied(done ? text : null)));
  };
  const copied = editor.state.copied === text;
  return html`<div class="command"><pre class="code scroll" tabindex="0" data-testid=${id}>${text}</pre>
    <button type="button" class="small" data-testid="${id}-copy" @click=${copy}>
      ${t(copied ? "edit.copied" : "edit.copy")}</button></div>`;
}
