/** The editor: what is selected can be changed, and what was changed can be taken back. */

import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import type { App } from "../app.ts";
import { formatCount } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import { tabBody, tabList } from "../panels/tab-list.ts";
import { encodeSelection } from "../selection.ts";
import { whyTexts } from "../why-texts.ts";
import { actionList } from "./action-list.ts";
import type { PolicyDraft } from "./draft.ts";
import type { Editor } from "./editor.ts";
import { machinePanel } from "./machine-panel.ts";
import { memoryPanel } from "./memory-panel.ts";
import { processPanel } from "./process-panel.ts";
import { draftFrom, draftOf } from "./start.ts";
import { SUBJECTS, type Subject } from "./state.ts";
import { livingThreads, memoryTarget, processTarget, subjectOf, taskTarget } from "./subject.ts";
import { taskPanel } from "./task-panel.ts";
import "./edit.css";

export interface Editing {
  readonly app: App;
  readonly editor: Editor;
  readonly t: Translate;
}

export function editorPanel(app: App, editor: Editor, t: Translate): TemplateResult {
  aim(app, editor);
  whyTexts.load(app.store.state.language, () => app.act(() => app.redraw()));
  return html`<div class="edit">${guard(drawnFor(app), () => content({ app, editor, t }))}</div>`;
}

/** While the simulation plays, only what the forms are about counts; figures come when it rests. */
function drawnFor(app: App): unknown[] {
  const { edit, language, selection, snapshot, playing, midTick, process } = app.store.state;
  const tasks = snapshot?.tasks.map(({ tid, state }) => `${tid}${state}`).join();
  const vma = memoryTarget(app.store.state)?.vma;
  const rest = playing ? null : snapshot;
  return [
    edit,
    language,
    whyTexts.in(language),
    selection,
    playing,
    midTick,
    process,
    tasks,
    vma?.policy,
    vma?.pages,
    rest,
  ];
}

/** The forms begin anew where something else was selected. */
function aim(app: App, editor: Editor): void {
  const { selection } = app.store.state;
  const target = `${encodeSelection(selection)}`;
  if (editor.state.target === target) return;
  const subject = subjectOf(app);
  editor.aim(target, subject, draftFor(app, subject));
}

/** A draft begins with what is in force. */
function draftFor(app: App, subject: Subject): PolicyDraft {
  const { state } = app.store;
  switch (subject) {
    case "task":
      return draftFrom(taskTarget(state)?.policy ?? "default");
    case "process": {
      const process = processTarget(state)?.process ?? 0;
      return draftFrom(livingThreads(state, process)[0]?.policy ?? "default");
    }
    default:
      return draftOf(memoryTarget(state));
  }
}

function content(editing: Editing): TemplateResult {
  const { app, editor, t } = editing;
  const { subject } = editor.state;
  const tabs = SUBJECTS.map((name) => ({ name, title: t(`edit.${name}`) }));
  const choose = (subject: Subject): void => editor.choose(subject, draftFor(app, subject));
  const row = { id: "subject", label: t("edit.subject"), tabs, chosen: subject, choose };
  return html`${head(editing)} ${tabList(app, row)}
    ${tabBody("subject", subject, body(editing, subject))}
    ${actionList(editing)}`;
}

function body(editing: Editing, subject: Subject): unknown {
  switch (subject) {
    case "memory":
      return memoryPanel(editing, memoryTarget(editing.app.store.state));
    case "task":
      return taskPanel(editing, taskTarget(editing.app.store.state));
    case "process":
      return processPanel(editing);
    case "machine":
      return machinePanel(editing);
  }
}

function head({ app, editor, t }: Editing): TemplateResult {
  const { canUndo, canRedo, dropped } = editor.state;
  const { playing } = app.store.state;
  const when = playing
    ? t("edit.effectNow")
    : t("edit.effect", { tick: formatCount(editor.effectTick) });
  return html`<div class="edit-head">
      <p class="muted" data-testid="edit-effect">${when}</p>
      <button class="small" data-testid="undo" ?disabled=${!canUndo} aria-keyshortcuts="Control+Z"
        @click=${() => app.act(() => editor.undo())}>${t("edit.undo")}</button>
      <button class="small" data-testid="redo" ?disabled=${!canRedo} aria-keyshortcuts="Control+Shift+Z"
        @click=${() => app.act(() => editor.redo())}>${t("edit.redo")}</button>
    </div>
    ${dropped === 0 ? nothing : html`<p class="note" role="status" data-testid="edit-dropped">${t("edit.dropped", { count: formatCount(dropped) })}</p>`}`;
}
