/** What a policy would come to: asked of the engine, which changes nothing by it. */

import { html, nothing, type TemplateResult } from "lit-html";
import { type EditPreview, isScenarioFailure } from "../engine.ts";
import { formatCount } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import { copyText } from "../link.ts";
import { nodeChip, nodeClass } from "../panels/parts.ts";
import type { Operation } from "./document.ts";
import type { Field, FieldProblem, PolicyDraft } from "./draft.ts";
import type { Editing } from "./panel.ts";
import type { PolicySubject } from "./policy-form.ts";
import { refusalText } from "./refusals.ts";

/** The engine's answer, and what is wrong with the draft. */
export interface Outcome {
  readonly preview: EditPreview | null;
  readonly problems: readonly FieldProblem[];
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

/** Asks what a draft without problems would come to. */
export function askPreview({ editor }: Editing, operations: readonly Operation[]): Outcome {
  try {
    const preview = editor.preview(operations, SHOWN_PAGES);
    return { preview, problems: preview === null ? [] : refusalOf(preview) };
  } catch (thrown) {
    if (!isScenarioFailure(thrown)) throw thrown;
    const problems = thrown.errors.map((problem) => ({ field: fieldOf(problem.path), problem }));
    return { preview: null, problems };
  }
}

/** The field of the form that a field of the document is typed into. */
function fieldOf(path: string): Field {
  if (path.endsWith(".node")) return "home";
  if (/\.(first|pages)$/.test(path)) return "range";
  if (path.includes("weighted_interleave")) return "weights";
  return /\.(policy|nodes)$/.test(path) ? "nodes" : "mode";
}

/** The kernel's refusal, in the field that it is about. */
function refusalOf({ refused }: EditPreview): FieldProblem[] {
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
  preview: EditPreview | null,
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
  { nodes = [] }: EditPreview,
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
    <div class="edit-cells" aria-hidden="true">${nodes.map(cell)}</div>
    <p class="boxes" data-testid="policy-places">${chips}</p>`;
}

function cell(node: number | null): TemplateResult {
  return html`<span class="edit-cell ${node === null ? "" : nodeClass(node)}">${node ?? "–"}</span>`;
}

function commands(editing: Editing, { call, numactl, numactlNote }: EditPreview): TemplateResult {
  const { app, t } = editing;
  const note = numactlNote?.[app.store.state.language];
  const line =
    numactl === undefined ? nothing : code(editing, "policy-numactl", `numactl ${numactl} COMMAND`);
  const why =
    note === undefined ? nothing : html`<p class="muted" data-testid="policy-numactl">${note}</p>`;
  const isTold = numactl !== undefined || note !== undefined;
  return html`${isTold ? html`<h4>${t("edit.numactl")}</h4>` : nothing}${line}${why}
    <h4>${t("edit.call")}</h4>${code(editing, "policy-call", call)}`;
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
