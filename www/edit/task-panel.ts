/** A thread: its policy, where it may run, its end. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { Cpu, Node, Task } from "../engine.ts";
import { formatList } from "../format.ts";
import { checkBox } from "../forms/check-box.ts";
import { type AnyProblem, problemOf } from "../i18n/index.ts";
import { nodeChip } from "../panels/parts.ts";
import { applyButton, formOf, problemLines, refusedIn, textField } from "./fields.ts";
import { readList, toggled } from "./lists.ts";
import type { Editing } from "./panel.ts";
import { sleepForm } from "./pause-forms.ts";
import { policyForm } from "./policy-form.ts";

/** With more CPUs than this, whole nodes are chosen; the list still takes single ones. */
const MAX_BOXES = 64;

type Change = (cpus: readonly number[]) => readonly number[];

export function taskPanel(editing: Editing, task: Task | null): TemplateResult {
  const { t } = editing;
  if (task === null) return html`<p class="muted">${t("edit.chooseTask")}</p>`;
  if (task.state === "X")
    return html`<p class="muted">${t("edit.taskEnded", { name: task.name })}</p>`;
  return html`${affinityForm(editing, task)} ${task.state === "new" ? nothing : sleepForm(editing, task)} ${endForm(editing, task)}
    ${policyForm(editing, {
      title: t("edit.policyOf", { name: task.name }),
      facts: t("edit.taskFacts"),
      inForce: task.policy,
      scope: { kind: "threads", tids: [task.tid], mappings: [] },
      extra: nothing,
    })}`;
}

function affinityForm(editing: Editing, task: Task): TemplateResult {
  const { app, editor, t } = editing;
  const nodes = app.store.state.snapshot?.machine.nodes ?? [];
  const there = nodes.flatMap(({ cpus }) => cpus.map(({ id }) => id)).sort((a, b) => a - b);
  const { text, numbers, problems, same } = typedAffinity(editing, task, there);
  const put = (change: Change): void =>
    editor.changeField("affinity", formatList(task.affinity), (text) =>
      formatList([...change(readList(text, there).numbers)].sort((a, b) => a - b)),
    );
  const refused = refusedIn(editing, "affinity");
  const apply = (): void => {
    // Read again: something may have been typed since this was drawn.
    const { numbers, problems, same } = typedAffinity(editing, task, there);
    if (problems.length > 0 || same) return;
    const call = { tid: task.tid, cpus: formatList([...numbers]) };
    editor.apply("affinity", [{ sched_setaffinity: call }]);
  };
  const rows = nodes
    .filter(({ cpus }) => cpus.length > 0)
    .map((node) => nodeRow(editing, node, numbers, there.length <= MAX_BOXES, put));
  const body = html`<p class="muted">${t("edit.affinityHint")}</p>${rows}
    ${textField(editing, { id: "affinity", label: t("edit.cpuList"), value: text, problems, onInput: (text) => editor.setField("affinity", text) })}
    ${problemLines(editing, "affinity-refused", refused)}
    ${applyButton(editing, "affinity", "affinity-apply", problems.length === 0 && !same)}`;
  return formOf(editing, "affinity-form", t("edit.affinityOf", { name: task.name }), body, apply);
}

interface TypedAffinity {
  readonly text: string;
  readonly numbers: readonly number[];
  readonly problems: readonly AnyProblem[];
  /** Nothing would change. */
  readonly same: boolean;
}

function typedAffinity({ editor }: Editing, task: Task, there: readonly number[]): TypedAffinity {
  const present = formatList(task.affinity);
  const text = editor.state.fields.affinity ?? present;
  const { numbers, problem } = readList(text, there);
  const empty = problem === null && numbers.length === 0;
  const found = empty ? problemOf("edit.noCpu", {}) : problem;
  const problems = found === null ? [] : [found];
  return { text, numbers, problems, same: formatList([...numbers]) === present };
}

/** One node: all its CPUs at once, and each. */
function nodeRow(
  editing: Editing,
  { id, cpus }: Node,
  chosen: readonly number[],
  each: boolean,
  put: (change: Change) => void,
): TemplateResult {
  const ids = cpus.map(({ id }) => id);
  const whole = ids.every((cpu) => chosen.includes(cpu));
  const toggleAll = (): void =>
    put((cpus) => {
      const others = cpus.filter((cpu) => !ids.includes(cpu));
      return whole ? others : [...others, ...ids];
    });
  const box = ({ id: cpu }: Cpu): TemplateResult =>
    checkBox(editing, `cpu-${cpu}`, chosen.includes(cpu), `${cpu}`, () =>
      put((cpus) => toggled(cpus, cpu)),
    );
  return html`<fieldset class="cpus"><legend class="hidden">${editing.t("node", { id })}</legend>
    ${checkBox(editing, `cpus-of-${id}`, whole, nodeChip(id, editing.t), toggleAll)}
    ${each ? html`<div class="boxes">${cpus.map(box)}</div>` : html`<span class="muted num">${formatList(ids)}</span>`}</fieldset>`;
}

/** What is not there yet can be made, what is there can end. */
function endForm(editing: Editing, task: Task): TemplateResult {
  const { editor, t } = editing;
  const isNew = task.state === "new";
  const operation = isNew ? { clone: task.tid } : { exit: task.tid };
  const refused = refusedIn(editing, "task");
  const body = html`<div class="apply"><span class="muted">${t(isNew ? "edit.cloneHint" : "edit.exitHint")}</span>
    <button data-testid="task-end">${t(isNew ? "edit.clone" : "edit.exit")}</button></div>
    ${problemLines(editing, "task-refused", refused)}`;
  const title = t(isNew ? "edit.cloneTitle" : "edit.exitTitle", { name: task.name });
  return formOf(editing, "task-form", title, body, () => editor.apply("task", [operation]));
}
