/** What came of the run so far: accesses done, what they waited for, what balancing cost. */

import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import type { App } from "../app.ts";
import type { Outcome, Task } from "../engine.ts";
import { formatCount, formatMs, formatSeconds, formatShare } from "../format.ts";
import type { Key, Translate } from "../i18n/index.ts";
import { type Line, linesOf, type Process, threadAt } from "./program.ts";
import { stepWords } from "./words.ts";
import "./progress.css";

/** A figure and what stands in its cell. */
type Row = readonly [Key, (outcome: Outcome, t: Translate) => string];

const ROWS: readonly Row[] = [
  ["work.accesses", ({ local, remote }) => formatCount(local + remote)],
  ["work.local", ({ local, remote }) => formatShare(local, local + remote)],
  ["work.stall", ({ stallMs }) => formatMs(stallMs)],
  ["work.runtime", ({ runtimeMs }) => formatMs(runtimeMs)],
  ["work.scan", ({ scanMs }) => formatMs(scanMs)],
  ["work.fault", ({ faultMs }) => formatMs(faultMs)],
  ["work.migrate", ({ migrateMs }) => formatMs(migrateMs)],
  ["work.overhead", (outcome) => formatShare(overheadMs(outcome), outcome.runtimeMs)],
  [
    "work.ended",
    ({ elapsedMs }, t) => (elapsedMs === null ? t("work.notYet") : formatSeconds(elapsedMs)),
  ],
];

function overheadMs({ scanMs, faultMs, migrateMs }: Outcome): number {
  return scanMs + faultMs + migrateMs;
}

export function workPanel(app: App, t: Translate): unknown {
  const { snapshot, selection, language } = app.store.state;
  return guard([snapshot, selection, language], () => content(app, t));
}

function content(app: App, t: Translate): TemplateResult | typeof nothing {
  const { snapshot, selection } = app.store.state;
  const { playground } = app.session;
  if (snapshot === null || playground === null) return nothing;
  const tid = selection?.kind === "task" ? selection.tid : null;
  const task = snapshot.tasks.find((task) => task.tid === tid) ?? null;
  const { all, tasks } = playground.outcome();
  const own = task === null ? null : (tasks[task.index] ?? null);
  return html`${figures(all, own, task, t)} ${task === null ? nothing : program(app, task, t)}`;
}

/** The thread that is selected, beside all of them. */
function figures(
  all: Outcome,
  own: Outcome | null,
  task: Task | null,
  t: Translate,
): TemplateResult {
  const row = ([key, words]: Row): TemplateResult => html`<tr>
      <th scope="row">${t(key)}</th>
      ${own === null ? nothing : html`<td class="num">${words(own, t)}</td>`}
      <td class="num" data-work=${key}>${words(all, t)}</td>
    </tr>`;
  return html`<table class="counters work" data-testid="work">
    <thead><tr>
      <th scope="col">${t("work.title")}</th>
      ${own === null ? nothing : html`<th scope="col" class="num">${task?.name ?? ""}</th>`}
      <th scope="col" class="num">${t("work.all")}</th>
    </tr></thead>
    <tbody>${ROWS.map(row)}</tbody></table>`;
}

let known: { readonly text: string; readonly processes: readonly Process[] } = {
  text: "",
  processes: [],
};

/** Read once for each document, not for each moment of its run. */
function processesOf(text: string): readonly Process[] {
  if (known.text !== text) known = { text, processes: JSON.parse(text).processes };
  return known.processes;
}

function program(app: App, task: Task, t: Translate): TemplateResult | typeof nothing {
  const found = threadAt(processesOf(app.session.documentText), task.index);
  if (found === null) return nothing;
  const lines = linesOf(found.process, found.thread);
  const title = t("work.program", { name: task.name });
  return html`<section class="program" aria-label=${title}><h3>${title}</h3>
    <ol data-testid="program">${lines.map((line) => lineOf(line, task, t))}</ol></section>`;
}

function lineOf(line: Line, task: Task, t: Translate): TemplateResult {
  const { step, stepVisits, state } = task;
  const isLive = state !== "X" && state !== "new";
  const isHere = isLive && step >= line.first && step < line.end;
  const visits =
    isHere && stepVisits > 0 ? ` · ${t("work.done", { count: formatCount(stepVisits) })}` : "";
  return html`<li class=${isHere ? "here" : nothing} style="--depth:${line.depth}"
    aria-current=${isHere ? "step" : nothing}>${stepWords(line.step, t)}${
      isHere ? html`<b> ← ${t("work.here")}</b><span class="muted num">${visits}</span>` : nothing
    }</li>`;
}
