/** What keeps threads from running for a while: a stopped process, a thread that sleeps. */

import { html, type TemplateResult } from "lit-html";
import type { Mm, Task } from "../engine.ts";
import { formatCount } from "../format.ts";
import type { AnyProblem } from "../i18n/index.ts";
import { appliedLine, formOf, problemLines, refusedIn, textField } from "./fields.ts";
import { readWhole } from "./lists.ts";
import type { Editing } from "./panel.ts";

/** A day. */
const MAX_SLEEP_MS = 86_400_000;
const SLEEP_MS = "100";

/** A process that runs can be stopped, one that is stopped goes on. */
export function stopForm(editing: Editing, mm: Mm, threads: readonly Task[]): TemplateResult {
  const { editor, t } = editing;
  const isStopped = threads.some(({ state }) => state === "T");
  const operation = isStopped ? { cont: mm.pid } : { stop: mm.pid };
  const body = html`<div class="apply"><span class="muted">${t(isStopped ? "edit.contHint" : "edit.stopHint")}</span>
    <button data-testid=${isStopped ? "process-cont" : "process-stop"}>${t(isStopped ? "edit.cont" : "edit.stop")}</button></div>
    ${problemLines(editing, "pause-refused", refusedIn(editing, "pause"))}`;
  const title = t(isStopped ? "edit.contTitle" : "edit.stopTitle", { name: mm.name });
  return formOf(editing, "pause-form", title, body, () => editor.apply("pause", [operation]));
}

/** Sends a thread to sleep from wherever it is. */
export function sleepForm(editing: Editing, task: Task): TemplateResult {
  const { editor, t } = editing;
  const { fields } = editor.state;
  const text = fields.sleep ?? SLEEP_MS;
  const durationOf = (text: string): number | null => readWhole(text, 1, MAX_SLEEP_MS);
  const ready = durationOf(text) !== null;
  const bounds = { min: 1, max: formatCount(MAX_SLEEP_MS) };
  const problems: AnyProblem[] = ready ? [] : [{ path: "", key: "edit.knobWrong", values: bounds }];
  const apply = (): void => {
    // Read again: something may have been typed since this was drawn.
    const duration_ms = durationOf(editor.state.fields.sleep ?? SLEEP_MS);
    if (duration_ms === null) return;
    editor.apply("sleep", [{ sleep: { tid: task.tid, duration_ms } }]);
  };
  const body = html`<p class="muted">${t("edit.sleepHint")}</p>
    ${textField(editing, { id: "sleep-ms", label: t("edit.sleepFor"), value: text, unit: "ms", numeric: true, problems, onInput: (text) => editor.setField("sleep", text) })}
    ${problemLines(editing, "sleep-refused", refusedIn(editing, "sleep"))}
    <div class="apply">${appliedLine(editing, "sleep")}<button data-testid="sleep-apply" ?disabled=${!ready}>${t("edit.sleep")}</button></div>`;
  return formOf(editing, "sleep-form", t("edit.sleepTitle", { name: task.name }), body, apply);
}
