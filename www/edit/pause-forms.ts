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

/** Somebody reads numa_maps of the process for a while. */
export function holdForm(editing: Editing, mm: Mm): TemplateResult {
  const { editor, t } = editing;
  const time = typedTime(editing, "hold");
  const apply = (): void => {
    // Read again: something may have been typed since this was drawn.
    const { duration_ms } = typedTime(editing, "hold");
    if (duration_ms !== null) editor.apply("hold", [{ hold_mm: { pid: mm.pid, duration_ms } }]);
  };
  const body = html`<p class="muted">${t("edit.holdHint")}</p>
    ${textField(editing, { id: "hold-ms", label: t("edit.sleepFor"), value: time.text, unit: "ms", numeric: true, problems: time.problems, onInput: (text) => editor.setField("hold", text) })}
    ${problemLines(editing, "hold-refused", refusedIn(editing, "hold"))}
    <div class="apply">${appliedLine(editing, "hold")}<button data-testid="hold-apply" ?disabled=${time.duration_ms === null}>${t("edit.hold")}</button></div>`;
  return formOf(editing, "hold-form", t("edit.holdTitle", { name: mm.name }), body, apply);
}

/** What is typed as a time, in ms; null if it is none. */
function typedTime({ editor }: Editing, name: "sleep" | "hold") {
  const text = editor.state.fields[name] ?? SLEEP_MS;
  const duration_ms = readWhole(text, 1, MAX_SLEEP_MS);
  const values = { min: 1, max: formatCount(MAX_SLEEP_MS) };
  const wrong: AnyProblem = { path: "", key: "edit.knobWrong", values };
  return { text, duration_ms, problems: duration_ms === null ? [wrong] : [] };
}

/** Sends a thread to sleep from wherever it is. */
export function sleepForm(editing: Editing, task: Task): TemplateResult {
  const { editor, t } = editing;
  const time = typedTime(editing, "sleep");
  const apply = (): void => {
    // Read again: something may have been typed since this was drawn.
    const { duration_ms } = typedTime(editing, "sleep");
    if (duration_ms === null) return;
    editor.apply("sleep", [{ sleep: { tid: task.tid, duration_ms } }]);
  };
  const body = html`<p class="muted">${t("edit.sleepHint")}</p>
    ${textField(editing, { id: "sleep-ms", label: t("edit.sleepFor"), value: time.text, unit: "ms", numeric: true, problems: time.problems, onInput: (text) => editor.setField("sleep", text) })}
    ${problemLines(editing, "sleep-refused", refusedIn(editing, "sleep"))}
    <div class="apply">${appliedLine(editing, "sleep")}<button data-testid="sleep-apply" ?disabled=${time.duration_ms === null}>${t("edit.sleep")}</button></div>`;
  return formOf(editing, "sleep-form", t("edit.sleepTitle", { name: task.name }), body, apply);
}
