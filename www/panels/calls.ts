/** The kernel's call tree, lit as it executes. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { CallCount } from "../engine.ts";
import { formatCount, formatDelta } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import { whyTexts } from "../why-texts.ts";
import { aboutFunction } from "./about-function.ts";

/** Whose callees that end in no call are reasons to pass over a VMA, not functions. */
const SCANNER = "task_numa_work";
const SKIP_REASONS: ReadonlySet<string> = new Set([
  "unsuitable",
  "shared_ro",
  "inaccessible",
  "scan_delay",
  "pid_inactive",
  "ignore_pid_inactive",
  "seq_completed",
]);

interface Row {
  readonly call: CallCount;
  readonly depth: number;
}

/** Functions in the order of the tree, with how deep each lies; reasons are left out. */
export function rowsOf(calls: readonly CallCount[]): readonly Row[] {
  const depths: number[] = [];
  const rows: Row[] = [];
  for (const [at, call] of calls.entries()) {
    const depth = call.caller === null ? 0 : (depths[call.caller] ?? 0) + 1;
    depths[at] = depth;
    if (!SKIP_REASONS.has(call.name)) rows.push({ call, depth });
  }
  return rows;
}

export function callsPanel(app: App, t: Translate): TemplateResult {
  const calls = app.store.state.snapshot?.calls ?? [];
  const skips = calls.filter((call) => SKIP_REASONS.has(call.name) && call.total > 0);
  return html`<ul class="calls" data-testid="calls" aria-label=${t("calls.title")}>${rowsOf(
    calls,
  ).map((row) => callRow(app, row, row.call.name === SCANNER ? skips : [], t))}</ul>`;
}

function callRow(
  app: App,
  { call, depth }: Row,
  skips: readonly CallCount[],
  t: Translate,
): TemplateResult {
  const { openFunction, language } = app.store.state;
  const open = openFunction === call.name;
  const lit = call.lately > 0 ? "lit" : call.total > 0 ? "ran" : "";
  const about = open ? aboutFunction(call.name, whyTexts.in(language), t) : nothing;
  return html`<li class="call ${lit}" data-call=${call.name} style="--depth:${depth}">
    <button class="call-name code" aria-expanded=${String(open)} @click=${() => app.act(() => app.explainFunction(call.name))}>${call.name}</button>
    <span class="call-delta num">${formatDelta(call.lately)}</span>
    <b class="call-count num">${call.total > 0 ? formatCount(call.total) : ""}</b>
    ${skips.length > 0 ? html`<p class="skips">${t("calls.skipped")} ${skips.map(skip)}</p>` : nothing}
    ${about}
  </li>`;
}

function skip({ name, total, lately }: CallCount): TemplateResult {
  return html`<span class="skip-reason ${lately > 0 ? "lit" : ""}"><span class="code">${name}</span> <b class="num">${formatCount(total)}</b></span> `;
}
