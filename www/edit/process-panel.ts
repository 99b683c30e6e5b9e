/** A process: the policy of all its threads, its nodes, moving its pages, its end and its children. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { Mm } from "../engine.ts";
import { formatList } from "../format.ts";
import { checkBox } from "../forms/check-box.ts";
import { type Operation, type PageRange, readDocument } from "./document.ts";
import { applyButton, formOf, nodeBoxes, problemLines, refusedIn, textField } from "./fields.ts";
import { readList, toggled } from "./lists.ts";
import { moveField } from "./memory-panel.ts";
import type { Editing } from "./panel.ts";
import { holdForm, stopForm } from "./pause-forms.ts";
import { policyForm } from "./policy-form.ts";
import { memsAt } from "./settings.ts";
import { allNodes, livingThreads, memoryNodes, processTarget } from "./subject.ts";

export function processPanel(editing: Editing): TemplateResult {
  const { app, t } = editing;
  const mm = processTarget(app.store.state);
  if (mm === null) return html`<p class="muted">${t("edit.noProcess")}</p>`;
  const threads = livingThreads(app.store.state, mm.process);
  if (threads.length === 0)
    return html`<p class="muted">${t("edit.processEnded", { name: mm.name })}</p>`;
  return html`${policyForm(editing, {
    title: t("edit.policyOfProcess", { name: mm.name }),
    facts: t("edit.processFacts", { count: threads.length }),
    inForce: [...new Set(threads.map(({ policy }) => policy))].join(", ") || "–",
    scope: { kind: "threads", tids: threads.map(({ tid }) => tid), mappings: regionsOf(mm) },
    extra: mappingFields(editing),
  })}
  ${migrateForm(editing, mm)} ${memsForm(editing, mm)} ${stopForm(editing, mm, threads)} ${holdForm(editing, mm)} ${killForm(editing, mm)} ${forkForms(editing, mm)}`;
}

/** All its memory, each region once. */
function regionsOf({ pid, vmas }: Mm): readonly PageRange[] {
  return [...new Set(vmas.map(({ name }) => name))].map((region) => ({ pid, region }));
}

/** Whether memory that is mapped already gets the policy too. */
function mappingFields(editing: Editing): TemplateResult {
  const { editor, t } = editing;
  const draft = editor.state.policy;
  const { mappings } = draft;
  const box = checkBox(editing, "policy-mappings", mappings, t("edit.mappings"), () =>
    editor.draft((draft) => ({ ...draft, mappings: !draft.mappings })),
  );
  return html`${box}${mappings ? moveField(editing) : nothing}`;
}

/** Nodes of a field that is typed into. */
interface NodeField {
  readonly name: string;
  readonly nodes: readonly number[];
  /** What stands there before anybody typed. */
  readonly start: string;
}

/** The nodes as a list; null where the text is none. */
function typedNodes({ editor }: Editing, { name, nodes, start }: NodeField): string | null {
  const { numbers, problem } = readList(editor.state.fields[name] ?? start, nodes);
  return problem === null ? formatList([...numbers]) : null;
}

/** The nodes as boxes and as a list. */
function nodeFields(editing: Editing, field: NodeField, label: string): TemplateResult {
  const { editor } = editing;
  const { name, nodes, start } = field;
  const text = editor.state.fields[name] ?? start;
  const { numbers, problem } = readList(text, nodes);
  const toggle = (node: number): void =>
    editor.changeField(name, start, (text) =>
      formatList(toggled(readList(text, nodes).numbers, node)),
    );
  const problems = problem === null ? [] : [problem];
  return html`<fieldset class="group"><legend>${label}</legend>
    ${nodeBoxes(editing, name, nodes, numbers, toggle)}
    ${textField(editing, { id: `${name}-list`, label: editing.t("edit.nodeList"), value: text, problems, onInput: (text) => editor.setField(name, text) })}
  </fieldset>`;
}

function migrateForm(editing: Editing, mm: Mm): TemplateResult {
  const { app, editor, t } = editing;
  const nodes = memoryNodes(app.store.state);
  const fields = ["migrate-from", "migrate-to"].map((name) => ({ name, nodes, start: "" }));
  const lists = (): readonly (string | null)[] =>
    fields.map((field) => typedNodes(editing, field) || null);
  const ready = lists().every((list) => list !== null);
  const apply = (): void => {
    // Read again: something may have been typed since this was drawn.
    const [from, to] = lists();
    if (!from || !to) return;
    editor.apply("migrate", [{ migrate_pages: { pid: mm.pid, from, to } }]);
  };
  const shown = fields.map((field, at) =>
    nodeFields(editing, field, t(at === 0 ? "edit.from" : "edit.to")),
  );
  const body = html`<p class="muted">${t("edit.migrateHint")}</p>${shown}
    ${problemLines(editing, "migrate-refused", refusedIn(editing, "migrate"))}
    ${applyButton(editing, "migrate", "migrate-apply", ready)}`;
  return formOf(editing, "migrate-form", t("edit.migrateTitle"), body, apply);
}

function memsForm(editing: Editing, mm: Mm): TemplateResult {
  const { app, editor, t } = editing;
  const nodes = allNodes(app.store.state);
  const document = readDocument(app.session.documentText);
  const now = editor.now();
  const present = now === null ? "" : memsAt(document, now, mm.pid, mm.process);
  const field = { name: "mems", nodes, start: present };
  const isNew = (mems: string | null): mems is string => mems !== null && mems !== present;
  const ready = isNew(typedNodes(editing, field));
  const apply = (): void => {
    const mems = typedNodes(editing, field);
    if (!isNew(mems)) return;
    const call = { pid: mm.pid, ...(mems === "" ? {} : { mems }) };
    editor.apply("mems", [{ cpuset_mems: call }]);
  };
  const body = html`<p class="muted">${t("edit.memsHint")}</p>${nodeFields(editing, field, "cpuset.mems")}
    ${problemLines(editing, "mems-refused", refusedIn(editing, "mems"))}
    ${applyButton(editing, "mems", "mems-apply", ready)}`;
  return formOf(editing, "mems-form", t("edit.memsTitle"), body, apply);
}

function killForm(editing: Editing, mm: Mm): TemplateResult {
  const { editor, t } = editing;
  const body = html`<div class="apply"><span class="muted">${t("edit.killHint")}</span>
    <button data-testid="process-kill">${t("edit.kill")}</button></div>
    ${problemLines(editing, "process-refused", refusedIn(editing, "process"))}`;
  const apply = (): void => editor.apply("process", [{ kill: mm.pid }]);
  return formOf(editing, "process-form", t("edit.killTitle", { name: mm.name }), body, apply);
}

/** Processes of the scenario that this one may fork, or execute. */
function forkForms(editing: Editing, mm: Mm): unknown {
  const { app, t } = editing;
  const { processes } = readDocument(app.session.documentText);
  const tid = livingThreads(app.store.state, mm.process)[0]?.tid;
  const children = processes.filter(
    ({ start, parent }) => start === "by_fork" && parent === mm.name,
  );
  const images = tid === undefined ? [] : processes.filter(({ start }) => start === "by_exec");
  return [
    children.map(({ name }) => birthForm(editing, name, t("edit.fork", { name }), { fork: name })),
    images.map(({ name }) =>
      birthForm(editing, name, t("edit.exec", { name }), {
        exec: { tid: tid ?? 0, process: name },
      }),
    ),
  ];
}

function birthForm(
  editing: Editing,
  name: string,
  words: string,
  operation: Operation,
): TemplateResult {
  const button = html`<div class="apply"><button data-testid="birth-${name}">${words}</button></div>`;
  return formOf(editing, `birth-form-${name}`, words, button, () =>
    editing.editor.apply("process", [operation]),
  );
}
