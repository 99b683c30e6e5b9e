/** The threads, with what the kernel keeps about each. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Task, TaskState } from "../engine.ts";
import { formatCount, formatList, formatMs, formatSeconds, formatShare } from "../format.ts";
import type { Key, Translate } from "../i18n/index.ts";
import { fact, nodeChip } from "./parts.ts";

/** Threads that are drawn; a scenario may have thousands. */
const MAX_TASKS = 64;
/** Up to this many are shown in full from the start. */
const OPEN_TASKS = 2;

const STATES: Readonly<Record<TaskState, Key>> = {
  new: "stateNew",
  R: "stateRunning",
  S: "stateSleeping",
  T: "stateStopped",
  X: "stateDead",
};

export function tasksPanel(app: App, t: Translate): TemplateResult {
  const tasks = app.store.state.snapshot?.tasks ?? [];
  const more = tasks.length - MAX_TASKS;
  return html`<section class="panel tasks" data-in="machine" aria-label=${t("tasks")}>
    <h2>${t("tasks")}</h2>
    <div class="scroll" data-testid="task-list" tabindex="0" role="group" aria-label=${t("tasks")}>
      ${tasks.slice(0, MAX_TASKS).map((task) => taskCard(app, task, tasks.length <= OPEN_TASKS, t))}
      ${more > 0 ? html`<p class="muted">${t("tasksMore", { count: formatCount(more) })}</p>` : nothing}
    </div>
  </section>`;
}

/** A click selects the task; with many tasks only the selected one is shown in full. */
function taskCard(app: App, task: Task, open: boolean, t: Translate): TemplateResult {
  const { selection } = app.store.state;
  const chosen = selection?.kind === "task" && selection.tid === task.tid;
  const select = (): void => app.select(chosen ? null : { kind: "task", tid: task.tid });
  return html`<div class="task" data-task=${task.tid}>
    <button class="task-head" aria-pressed=${String(chosen)} @click=${() => app.act(select)}>
      <b>${task.name}</b>
      <span class="muted">${t("tid", { tid: task.tid })}</span>
      <span>${t(STATES[task.state])}</span>
      ${nodeChip(task.node, t)}
    </button>
    ${open || chosen ? html`<dl class="facts">${taskFacts(task, t)}</dl>` : nothing}
  </div>`;
}

function taskFacts(task: Task, t: Translate): TemplateResult[] {
  const { local, remote } = task.accesses;
  const preferred = task.preferredNid === null ? t("none") : nodeChip(task.preferredNid, t);
  return [
    fact(
      t("taskPolicy"),
      html`<span class="code">${task.policy}</span>`,
      task.policy === "default" ? t("policyDefault") : "",
    ),
    fact(t("preferredNode"), preferred, "numa_preferred_nid"),
    fact(t("scanPeriod"), formatMs(task.scanPeriodMs), "numa_scan_period"),
    fact(t("runtime"), formatSeconds(task.runtimeMs), "sum_exec_runtime"),
    fact(t("localAccesses"), formatShare(local, local + remote)),
    fact(t("runsOn"), t("runsOnCpu", { cpu: task.cpu, list: formatList(task.affinity) })),
    fact(t("hintFaults"), formatCount(task.totalNumaFaults), "total_numa_faults"),
    fact(t("pagesMigrated"), formatCount(task.pagesMigrated), "numa_pages_migrated"),
  ];
}
