/** What two runs look like side by side. */

import { html, nothing, type TemplateResult } from "lit-html";
import { formatCount, formatSeconds } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import { nodeBar, nodeChip } from "../panels/parts.ts";
import { nodeIds } from "../store.ts";
import type { Comparison } from "./comparison.ts";
import { asked, differenceText, type Row, relativeText, rowsOf, valueText } from "./figures.ts";
import { CHARTS, SIDES, type Side } from "./pictures.ts";
import { changeWords, patchList, setup } from "./setup.ts";
import { verdict } from "./verdict.ts";

export function compareView(comparison: Comparison, t: Translate): TemplateResult {
  const { pair, app } = comparison;
  const words = verdictWords(comparison, t);
  if (!comparison.isRunning && comparison.level !== null) comparison.said = words;
  return html`<main class="cmp" data-testid="compare-view" aria-label=${t("compare.title")}
    data-other=${comparison.digest}
    data-level=${String(comparison.level !== null && !comparison.isRunning)}>
    <section class="panel">
      <div class="cmp-head row"><h2 tabindex="-1" data-testid="compare-title">${t("compare.title")}</h2>${setup(comparison, t)}
        <button data-testid="compare-close" @click=${() => app.act(() => app.comparing.close())}>${t("compare.close")}</button>
      </div>
      ${sides(comparison, t)}
      <p class="cmp-verdict" data-testid="compare-verdict">${words}</p>
      <p class="hidden" role="status" data-testid="compare-said">${comparison.said}</p>
      <div class="row">${runButton(comparison, t)} ${differenceButton(comparison, t)}</div>
    </section>
    ${
      pair === null
        ? nothing
        : html`<div class="cmp-body">
      ${figures(comparison, t)}
      <div class="cmp-pictures">${spaces(comparison, t)} ${charts(comparison, t)}</div>
    </div>`
    }
  </main>`;
}

function sides(comparison: Comparison, t: Translate): TemplateResult {
  const { language, presets, presetId, ownTitle } = comparison.app.store.state;
  const preset = presets.find(({ id }) => id === presetId);
  const title = preset?.title ?? ownTitle ?? comparison.documents.title;
  return html`<dl class="cmp-sides">
    <dt>A</dt><dd>${t("compare.asItIs", { title: title?.[language] ?? t("ownScenario") })}</dd>
    <dt>B</dt><dd data-testid="compare-change">${changeWords(comparison, comparison.change, t)} ${patchList(comparison, t)}</dd>
  </dl>`;
}

function verdictWords(comparison: Comparison, t: Translate): string {
  const { level, sides, pair, change } = comparison;
  if (comparison.isPending)
    return t("compare.pending", { change: changeWords(comparison, change, t) });
  if (level !== null) return verdict(level.a, level.b, sides, t);
  if (pair === null) return t("compare.nothingRuns");
  const [a, b] = [pair.a.clock(), pair.b.clock()];
  const behind = a.tick < b.tick ? { name: "A", at: a.nowMs } : { name: "B", at: b.nowMs };
  return t("compare.behind", { name: behind.name, time: formatSeconds(behind.at) });
}

function runButton(comparison: Comparison, t: Translate): TemplateResult {
  const { app, pair, documents } = comparison;
  const isDone = documents.canEnd && (pair?.haveEnded ?? false);
  const words = documents.canEnd ? "compare.runToEnd" : "compare.runFurther";
  const isIdle = pair === null || isDone || app.store.state.job !== null;
  return html`<button class=${isIdle ? "" : "primary"} data-testid="compare-run" ?disabled=${isIdle}
      @click=${() => app.act(() => comparison.runOn())}>${t(words)}</button>
    ${documents.canEnd ? nothing : html`<span class="muted">${t("compare.neverEnds")}</span>`}`;
}

function differenceButton(comparison: Comparison, t: Translate): TemplateResult {
  const { pair, app } = comparison;
  const differs = pair?.differsAt ?? null;
  const tickMs = pair?.clock().tickMs ?? 1;
  const words = differenceWords(differs, pair?.isExact ?? false, tickMs, t);
  return html`<button data-testid="compare-difference" ?disabled=${differs === null || app.store.state.job !== null}
      @click=${() => app.act(() => comparison.goToDifference())}>${t("compare.toDifference")}</button>
    <span class="muted num" data-testid="compare-differs">${words}</span>`;
}

function differenceWords(
  differs: number | null,
  isExact: boolean,
  tickMs: number,
  t: Translate,
): string {
  if (differs === null) return t("compare.noDifference");
  const values = { tick: formatCount(differs), time: formatSeconds(differs * tickMs) };
  return t(isExact ? "compare.differFrom" : "compare.differBefore", values);
}

// The roles are those of a table anyway, but browsers forget them where a narrow screen lays it out anew.

function figures(comparison: Comparison, t: Translate): TemplateResult {
  const { level, sides, isPending } = comparison;
  const all = level === null ? [] : rowsOf(level.a, level.b);
  const rows = isPending ? all.map((row) => ({ ...row, b: null })) : all;
  const [one, two] = asked("A", "B", sides);
  return html`<section class="panel cmp-figures" tabindex="0" aria-label=${t("compare.figures")}>
    <table data-testid="compare-table" role="table">
      <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">${t("compare.figure")}</th><th scope="col" role="columnheader">A</th><th scope="col" role="columnheader">B</th>
        <th scope="col" role="columnheader">${t("compare.difference", { one, two })}</th><th scope="col" role="columnheader">${t("compare.relative", { two })}</th></tr></thead>
      <tbody role="rowgroup">${rows.map((row) => figureRow(row, comparison, t))}</tbody>
    </table>
  </section>`;
}

function figureRow(row: Row, { sides, isPending }: Comparison, t: Translate): TemplateResult {
  const empty = row.id === "elapsed" && !isPending ? t("compare.notYet") : "–";
  const value = (value: number | null): string =>
    value === null ? empty : valueText(value, row.unit);
  return html`<tr role="row" data-figure=${row.id} class=${row.isPart ? "part" : ""}><th scope="row" role="rowheader">${t(row.name)}</th>
    <td role="cell" data-side="a">${value(row.a)}</td><td role="cell" data-side="b">${value(row.b)}</td>
    <td role="cell" data-side="difference">${differenceText(row, sides, t)}</td><td role="cell" data-side="relative">${relativeText(row, sides)}</td></tr>`;
}

// Pictures

function spaces(comparison: Comparison, t: Translate): TemplateResult {
  return html`<section class="panel" aria-label=${t("space")}>
    <div class="row"><h2>${t("space")}</h2>${processes(comparison, t)} ${selected(comparison, t)}</div>
    <div class="cmp-spaces">${SIDES.map((side) => space(comparison, side, t))}</div>
  </section>`;
}

function processes({ app }: Comparison, t: Translate): TemplateResult | typeof nothing {
  const mms = app.store.state.snapshot?.mms ?? [];
  if (mms.length < 2) return nothing;
  const onChange = (event: Event): void => {
    const process = Number((event.target as HTMLSelectElement).value);
    app.act(() => app.store.update({ process, zoom: null }));
  };
  return html`<select class="small" aria-label=${t("process")} @change=${onChange}>${mms.map(
    (mm) =>
      html`<option value=${mm.process} .selected=${mm.process === app.store.state.process}>${mm.name}</option>`,
  )}</select>`;
}

function space(comparison: Comparison, side: Side, t: Translate): TemplateResult {
  const { pictures, app } = comparison;
  const onClick = (event: MouseEvent): void => {
    const { offsetX, offsetY } = event;
    app.act(() => pictures.select(side, offsetX, offsetY));
  };
  const machine = pictures.machine(side);
  const nodes = pictures.nodePages(side, machine);
  const name = sideName(comparison, side, t);
  const isEmpty = nodes.every((pages) => pages === 0);
  return html`<div class="cmp-space"><h3>${name}</h3>
    <div class="cmp-stage">${isEmpty ? emptiness(comparison, side, t) : nothing}<canvas data-testid="compare-space-${side}" role="img"
        aria-label="${name}: ${t("space")}" aria-describedby="cmp-nodes-${side}" @click=${onClick}></canvas>
      <div class="overlay" data-overlay=${side} aria-hidden="true"></div></div>
    ${machine === undefined ? nothing : nodeBar(machine, nodes, 0)}
    <p class="row" id="cmp-nodes-${side}">${machine === undefined ? nothing : nodeIds(machine).map((id, at) => nodeChip(id, t, nodes[at] ?? 0))}</p>
  </div>`;
}

/** What was made with another setting than is chosen now is shown under the name of its own. */
function sideName(comparison: Comparison, side: Side, t: Translate): string {
  const name = side.toUpperCase();
  if (side === "a" || !comparison.isPending) return name;
  return `${name}: ${changeWords(comparison, comparison.change, t)}`;
}

/** Why there is no picture, and the way to the last one. */
function emptiness({ pictures, app }: Comparison, side: Side, t: Translate): TemplateResult {
  const end = pictures.end(side);
  if (end === null) return html`<p class="muted">${t("compare.noMemory")}</p>`;
  const goBack = (): void => app.act(() => app.time.goTo(end.lastTick));
  return html`<p class="muted" data-testid="compare-ended-${side}">${t("compare.ended", { time: formatSeconds(end.ms) })}
    <button class="small" data-testid="compare-before-end-${side}" @click=${goBack}>${t("compare.beforeEnd")}</button></p>`;
}

/** Where the selected page is in both. */
function selected({ pictures }: Comparison, t: Translate): TemplateResult | typeof nothing {
  const page = pictures.selectedPage();
  if (page === null) return html`<p class="muted">${t("compare.clickPage")}</p>`;
  const at = (node: number | null): unknown =>
    node === null ? t("notPresent") : nodeChip(node, t);
  return html`<p class="row" data-testid="compare-page"><span class="code">${page.addr}</span>
    A ${at(page.a)} B ${at(page.b)}</p>`;
}

function charts(comparison: Comparison, t: Translate): TemplateResult {
  const share = comparison.pictures.nowShare();
  return html`<section class="panel" aria-label=${t("timeline.charts")}>
    <div class="row"><h2>${t("compare.course")}</h2>
      <span class="chip"><i class="dash dash-0"></i>A</span><span class="chip"><i class="dash dash-1"></i>${sideName(comparison, "b", t)}</span></div>
    ${CHARTS.map(
      (chart) => html`<div class="cmp-chart"><b>${t(`compare.chart_${chart}`)}</b>
        <div class="cmp-plot" data-cmp-chart=${chart} aria-hidden="true"
          @click=${(event: MouseEvent) => onChart(comparison, event)}><i class="cmp-now" style="--share:${share}"></i></div></div>`,
    )}
  </section>`;
}

function onChart(comparison: Comparison, event: MouseEvent): void {
  const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
  const x = event.clientX - left;
  comparison.app.act(() => comparison.pictures.seek(x, width));
}
