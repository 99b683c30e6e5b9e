/** Pages moved to a node now, whatever the policy: move_pages. */

import { html, type TemplateResult } from "lit-html";
import { formatCount } from "../format.ts";
import { checkBox } from "../forms/check-box.ts";
import { problemOf } from "../i18n/index.ts";
import type { Operation } from "./document.ts";
import { rangeOf } from "./draft.ts";
import { applyButton, choiceField, formOf, problemLines, refusedIn, textField } from "./fields.ts";
import type { Editing } from "./panel.ts";
import { type MemoryTarget, memoryNodes, pagesScope } from "./subject.ts";

const SHARED = "shared";

/** What is typed and chosen in the form. */
interface Typed {
  readonly first: string;
  readonly last: string;
  readonly node: string;
  readonly shared: string;
}

export function moveForm(editing: Editing, target: MemoryTarget): TemplateResult {
  const { editor, t } = editing;
  const { pages } = target.vma;
  const typed = typedIn(editing, target);
  const operation = operationOf(typed, target);
  const wrong = problemOf("edit.rangeWrong", { last: formatCount(pages - 1) });
  const problems = operation === null ? [wrong] : [];
  const apply = (): void => {
    // Read again: something may have been typed since this was drawn.
    const operation = operationOf(typedIn(editing, target), target);
    if (operation !== null) editor.apply("move", [operation]);
  };
  const body = html`<p class="muted">${t("edit.movePagesHint")}</p>
    <div class="pair">
      ${textField(editing, { id: "move-first", label: t("edit.first"), value: typed.first, numeric: true, onInput: (text) => editor.setField("move-first", text) })}
      ${textField(editing, { id: "move-last", label: t("edit.last"), value: typed.last, numeric: true, problems, onInput: (text) => editor.setField("move-last", text) })}
    </div>
    ${nodeField(editing, typed)}
    ${sharedField(editing, typed)}
    ${problemLines(editing, "move-refused", refusedIn(editing, "move"))}
    ${applyButton(editing, "move", "move-apply", operation !== null)}`;
  return formOf(
    editing,
    "move-form",
    t("edit.movePagesTitle", { name: target.vma.name }),
    body,
    apply,
  );
}

/** The selected page, or all of them, until something else is typed. */
function typedIn({ app, editor }: Editing, { vma, page }: MemoryTarget): Typed {
  const { fields } = editor.state;
  const [firstNode] = memoryNodes(app.store.state);
  return {
    first: fields["move-first"] ?? String(page ?? 0),
    last: fields["move-last"] ?? String(page ?? vma.pages - 1),
    node: fields["move-node"] ?? String(firstNode ?? 0),
    shared: fields["move-shared"] ?? "",
  };
}

/** Null if what was typed is no range. */
function operationOf(typed: Typed, target: MemoryTarget): Operation | null {
  const { pid, region, offset, pages } = pagesScope(target);
  const range = rangeOf({ part: true, ...typed }, pages);
  if (range === null) return null;
  const place = { pid, region, first: offset + range.first, pages: range.pages };
  const flags = typed.shared === SHARED ? { flags: ["move_all"] as const } : {};
  return { move_pages: { ...place, node: Number(typed.node), ...flags } };
}

function nodeField(editing: Editing, { node }: Typed): TemplateResult {
  const { app, editor, t } = editing;
  return choiceField(editing, {
    ...{ id: "move-node", label: t("edit.to"), chosen: node },
    values: memoryNodes(app.store.state).map(String),
    words: (id) => t("node", { id }),
    choose: (id) => editor.setField("move-node", id),
  });
}

function sharedField(editing: Editing, { shared }: Typed): TemplateResult {
  const { editor, t } = editing;
  return checkBox(editing, "move-shared", shared === SHARED, t("edit.movePagesShared"), () =>
    editor.changeField("move-shared", "", (text) => (text === SHARED ? "" : SHARED)),
  );
}
