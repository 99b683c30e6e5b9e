/** The machine: one that is known, one that numactl printed, or nodes by hand. */

import { html, nothing, type TemplateResult } from "lit-html";
import { formatCount } from "../format.ts";
import { checkBox } from "../forms/check-box.ts";
import { problemText } from "../i18n/index.ts";
import { nodeChip } from "../panels/parts.ts";
import {
  type Around,
  button,
  chosen,
  more,
  problemLines,
  problemsWithin,
  typed,
  wholeProblems,
} from "./fields.ts";
import { fieldText, type Json, type Path, pathText, typedNumber } from "./json.ts";
import {
  DISTANCES,
  distancesOf,
  MAX_NODES,
  NODES,
  nodeIdsOf,
  nodesBeyond,
  withNewNode,
  withoutNode,
} from "./machine.ts";
import { MACHINES } from "./machines.ts";
import { fieldId } from "./places.ts";
import { costFields } from "./settings-form.ts";

const RATES = ["100", "250", "300", "1000"] as const;

export function machineForm(around: Around): TemplateResult {
  const { t } = around;
  const isFull = nodeIdsOf(around.builder.state.doc).length >= MAX_NODES;
  return html`${knownMachines(around)} ${numactlForm(around)}
    <section class="b-list"><h3>${t("builder.nodes")}</h3>
      ${wholeProblems(around, ["machine"])} ${wholeProblems(around, NODES)} ${nodeTable(around)}
      <div class="row">${button(around, "b-add-node", t("builder.addNode"), () => around.builder.edit(withNewNode), { isOff: isFull })}</div>
    </section>
    <section class="b-list"><h3>${t("distances")}</h3>${distanceTable(around)}</section>
    <section class="b-list"><h3>${t("builder.clock")}</h3><div class="b-fields">
      ${chosen(around, ["machine", "hz"], {
        label: "builder.hz",
        isNumber: true,
        options: [
          { value: "", words: t("builder.usual", { value: "250" }) },
          ...RATES.map((rate) => ({ value: rate, words: rate })),
        ],
      })}
      ${typed(around, ["machine", "uptime_ms"], { label: "builder.uptime", isNumber: true, unit: "ms", usual: "60000" })}
    </div></section>
    ${costFields(around)}`;
}

function knownMachines(around: Around): TemplateResult {
  const { app, builder, t } = around;
  const onChange = (event: Event): void => {
    const select = event.target as HTMLSelectElement;
    const machine = MACHINES[select.selectedIndex - 1];
    if (machine === undefined) return;
    select.selectedIndex = 0;
    app.act(() => builder.takeMachine(machine));
  };
  const { notes } = builder.state;
  const { language } = app.store.state;
  return html`<div class="b-fields"><label class="b-field wide"><span class="label">${t("builder.known")}</span>
    <select data-testid="b-machine" @change=${onChange}><option>${t("builder.knownNone")}</option>${MACHINES.map(
      ({ id }) => html`<option value=${id}>${t(`builder.machine_${id}`)}</option>`,
    )}</select></label></div>
    ${
      notes.length === 0
        ? nothing
        : html`<ul class="b-notes" role="status">${notes.map((note) => html`<li>${note[language]}</li>`)}</ul>`
    }`;
}

function numactlForm(around: Around): TemplateResult {
  const { app, builder, t } = around;
  const { numactl, numactlProblems } = builder.state;
  const { language } = app.store.state;
  const onInput = (event: Event): void => {
    const { value } = event.target as HTMLTextAreaElement;
    app.act(() => builder.setNumactl(value));
  };
  const lines = numactlProblems.map(
    (problem) => html`<p><b class="code">${problem.path}</b> ${problemText(problem, language)}</p>`,
  );
  return html`<details class="b-more"><summary data-testid="b-numactl-open">${t("builder.numactl")}</summary>
    <label class="area"><span class="label">${t("builder.numactlText")}</span>
      <textarea data-testid="b-numactl" rows="8" spellcheck="false" .value=${numactl}
        aria-invalid=${String(lines.length > 0)} aria-describedby="b-numactl-problem" @input=${onInput}></textarea></label>
    <div id="b-numactl-problem" data-testid="b-numactl-problem" role="status" class=${lines.length > 0 ? "problem" : ""}>${lines}</div>
    <div class="row">${button(around, "b-numactl-take", t("builder.numactlTake"), () => builder.takeNumactl(), { isOff: numactl.trim() === "" })}</div>
  </details>`;
}

const COLUMNS = ["cpus", "memory"] as const;
const NUMBERS = ["id", "threads_per_core", "cpus_per_llc", "interleave_weight"] as const;

const USUAL: Readonly<Record<string, string>> = {
  threads_per_core: "1",
  cpus_per_llc: "",
  interleave_weight: "1",
};

function nodeTable(around: Around): TemplateResult {
  const { doc } = around.builder.state;
  const ids = nodeIdsOf(doc);
  const beyond = nodesBeyond(doc);
  return html`<ul class="b-nodes">${ids.map((id, at) => nodeRow(around, id, at, ids.length))}</ul>
    ${beyond > 0 ? html`<p class="muted">${around.t("builder.notShown", { count: formatCount(beyond) })}</p>` : nothing}`;
}

function nodeRow(around: Around, id: number, at: number, count: number): TemplateResult {
  const { builder, t } = around;
  const own: Path = [...NODES, at];
  const name = t("node", { id });
  const rare = ["used", ...NUMBERS].map((column) => [...own, column]);
  return html`<li class="b-card" id=${fieldId(pathText(own))} tabindex="-1" aria-label=${name}>
    <div class="b-card-head"><b>${nodeChip(id, t)}</b>
      ${button(around, `b-remove-node-${at}`, t("builder.remove"), () => builder.edit((doc) => withoutNode(doc, at)), { name: `${t("builder.remove")}: ${name}`, isOff: count === 1 })}</div>
    ${wholeProblems(around, own)}
    <div class="b-fields">${COLUMNS.map((column) =>
      typed(around, [...own, column], {
        label: `builder.node_${column}`,
        usual: t("builder.nothing"),
      }),
    )}</div>
    ${more(
      around,
      rare,
      html`${typed(around, [...own, "used"], { label: "builder.node_used", usual: t("builder.nothing") })}
      ${NUMBERS.map((column) =>
        typed(around, [...own, column], {
          label: `builder.node_${column}`,
          isNumber: true,
          usual: USUAL[column] ?? `${id}`,
        }),
      )}`,
    )}
    ${zoneProblems(around, own)}
  </li>`;
}

/** Zones are edited as text; what is wrong with them is told here too. */
function zoneProblems(around: Around, own: Path): unknown {
  const path = pathText([...own, "zones"]);
  return problemLines(around, path, problemsWithin(around, path));
}

function distanceTable(around: Around): TemplateResult {
  const { builder, t } = around;
  const { doc, symmetric } = builder.state;
  const ids = nodeIdsOf(doc);
  const rows = distancesOf(doc);
  const toggle = (): void => builder.setSymmetric(!symmetric);
  const problems = problemsWithin(around, pathText(DISTANCES));
  return html`${checkBox(around, "b-symmetric", symmetric, t("builder.symmetric"), toggle)}
    <div class="b-scroll"><table class="b-distances">
      <caption class="hidden">${t("builder.distancesHow")}</caption>
      <thead><tr><th scope="col">${t("builder.fromTo")}</th>${ids.map((id) => html`<th scope="col">${formatCount(id)}</th>`)}</tr></thead>
      <tbody>${rows.map(
        (row, from) =>
          html`<tr><th scope="row">${formatCount(ids[from] ?? from)}</th>${row.map((value, to) => html`<td>${distance(around, { from, to, value }, ids)}</td>`)}</tr>`,
      )}</tbody>
    </table></div>
    ${problemLines(around, pathText(DISTANCES), problems)}`;
}

interface DistanceCell {
  readonly from: number;
  readonly to: number;
  readonly value: Json;
}

function distance(
  around: Around,
  { from, to, value }: DistanceCell,
  ids: readonly number[],
): TemplateResult {
  const { app, builder, t } = around;
  const { symmetric, typing } = builder.state;
  const path = pathText([...DISTANCES, from, to]);
  const shown = typing?.path === path ? typing.text : fieldText(value);
  const isWrong = problemsWithin(around, path).length > 0;
  const onInput = (event: Event): void => {
    const text = (event.target as HTMLInputElement).value;
    app.act(() =>
      builder.typeDistance({ from, to, isBoth: symmetric }, typedNumber(text) ?? "", text),
    );
  };
  const name = t("builder.distanceName", { from: ids[from] ?? from, to: ids[to] ?? to });
  return html`<input id=${fieldId(path)} data-testid=${fieldId(path)} class="num" inputmode="numeric" size="4"
    aria-label=${name} aria-invalid=${String(isWrong)} .value=${shown} @input=${onInput} />`;
}
