/** The policy of some memory: mbind. */

import { html, nothing, type TemplateResult } from "lit-html";
import { formatCount, formatPages } from "../format.ts";
import { rangeOf } from "./draft.ts";
import { choiceField, textField } from "./fields.ts";
import { moveForm } from "./move-form.ts";
import type { Editing } from "./panel.ts";
import { policyForm } from "./policy-form.ts";
import { type MemoryTarget, pagesScope } from "./subject.ts";

export function memoryPanel(editing: Editing, target: MemoryTarget | null): TemplateResult {
  const { t } = editing;
  if (target === null) return html`<p class="muted">${t("edit.chooseMemory")}</p>`;
  const { vma } = target;
  const policy = policyForm(editing, {
    title: t("edit.policyOf", { name: vma.name }),
    facts: t("edit.vmaFacts", { pages: formatCount(vma.pages), size: formatPages(vma.pages) }),
    inForce: vma.policy,
    scope: pagesScope(target),
    extra: html`${rangeFields(editing, target)} ${moveField(editing)}`,
  });
  return html`${policy} ${moveForm(editing, target)}`;
}

function rangeFields(editing: Editing, { vma, page }: MemoryTarget): TemplateResult {
  const { app, editor, t } = editing;
  const draft = editor.state.policy;
  const wrong = draft.part && rangeOf(draft, vma.pages) === null;
  const problems = wrong
    ? [{ path: "", key: "edit.rangeWrong", values: { last: formatCount(vma.pages - 1) } } as const]
    : [];
  const radio = (part: boolean, id: string, words: string): TemplateResult =>
    html`<label class="check"><input type="radio" name="edit-part" data-testid=${id}
      .checked=${draft.part === part} @change=${() => app.act(() => editor.draft((draft) => ({ ...draft, part })))} />
      <span>${words}</span></label>`;
  const some = page === null ? t("edit.rangeSome") : t("edit.rangeSelected");
  return html`<fieldset class="group"><legend>${t("edit.range")}</legend>
    <div class="boxes">${radio(false, "range-all", t("edit.rangeAll", { pages: formatCount(vma.pages) }))}
    ${radio(true, "range-some", some)}</div>
    ${
      draft.part
        ? html`<div class="pair">
      ${textField(editing, { id: "range-first", label: t("edit.first"), value: draft.first, numeric: true, onInput: (first) => editor.draft((draft) => ({ ...draft, first })) })}
      ${textField(editing, { id: "range-last", label: t("edit.last"), value: draft.last, numeric: true, problems, onInput: (last) => editor.draft((draft) => ({ ...draft, last })) })}
    </div>`
        : nothing
    }</fieldset>`;
}

const MOVES = ["", "move", "move_all"] as const;
const MOVE_WORDS = { "": "edit.moveNone", move: "edit.move", move_all: "edit.moveAll" } as const;

export function moveField(editing: Editing): TemplateResult {
  const { editor, t } = editing;
  const draft = editor.state.policy;
  return choiceField(editing, {
    ...{
      id: "policy-move",
      wide: true,
      label: t("edit.present"),
      values: MOVES,
      chosen: draft.move,
    },
    words: (move) => t(MOVE_WORDS[move]),
    choose: (move) => editor.draft((draft) => ({ ...draft, move })),
  });
}
