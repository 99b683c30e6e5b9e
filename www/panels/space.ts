/** An address space: its canvas with legend, and the same in words. */

import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import type { App } from "../app.ts";
import type { Machine, Mm, PageInfo, Vma } from "../engine.ts";
import { formatCount } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import { type Hover, nodeIds, type State, shownMm } from "../store.ts";
import { nodeBar, nodeChip } from "./parts.ts";

export function spacePanel(app: App, t: Translate): TemplateResult {
  const { state } = app.store;
  const mm = shownMm(state);
  const machine = state.snapshot?.machine;
  const known = mm !== null && machine !== undefined;
  const shown = state.playing ? "playing" : mm;
  const words = guard([shown, state.language], () => (known ? spaceWords(machine, mm, t) : ""));
  return html`<section class="panel space" data-in="space" id="view-space" tabindex="-1" aria-label=${t("space")}>
    <div class="panel-head">
      <h2>${t("space")}</h2>
      ${mm === null ? nothing : processChoice(app, mm, t)}
    </div>
    <div class="overview-line"><div class="overview-row" id="space-overview"></div>
      <button class="small" data-testid="texture" aria-pressed=${String(state.textured)} title=${t("everyone.textureHint")}
        @click=${() => app.act(() => app.toggleTexture())}>${t("everyone.texture")}</button></div>
    ${stage(app, mm, t)}
    ${known ? legend(state, machine, mm, t) : nothing}
    <p class="hidden" id="space-keys">${t("views.spaceKeys")}</p>
    <p class="hidden" id="space-words">${words}</p>
    <p class="hidden" id="space-cursor" aria-live="polite"></p>
  </section>`;
}

function stage(app: App, mm: Mm | null, t: Translate): TemplateResult {
  const at = (event: MouseEvent): { x: number; y: number } => ({
    x: event.offsetX,
    y: event.offsetY,
  });
  const onMove = (event: PointerEvent): void => {
    const point = at(event);
    if (event.pointerType !== "touch") app.act(() => app.hoverSpace(point));
  };
  const onClick = (event: MouseEvent): void => {
    const point = at(event);
    app.act(() => app.selectAt(point.x, point.y));
  };
  const onName = (event: MouseEvent): void => {
    const vma = (event.target as HTMLElement).dataset.vma;
    if (mm === null || vma === undefined) return;
    const { process } = mm;
    app.act(() => app.choose({ kind: "vma", process, vma: Number(vma) }));
  };
  const { hover } = app.store.state;
  const height = mm === null ? 0 : roomFor(mm, app.store.state.zoom !== null);
  return html`<div class="stage space-stage"><div class="sheet" style="min-height:${height}px">
    <canvas data-testid="canvas-space" id="canvas-space" role="application" tabindex="0"
      aria-roledescription=${t("views.pageMap")} aria-label=${t("space")}
      aria-describedby="space-keys space-words" @pointermove=${onMove} @click=${onClick}
      @pointerleave=${() => app.act(() => app.hoverSpace(null))}></canvas>
    <div class="overlay" id="space-overlay" aria-hidden="true" @click=${onName}></div>
    <div class="overlay" id="space-extras" aria-hidden="true"></div>
    ${hover === null || mm === null ? nothing : tooltip(hover, mm, t)}
  </div></div>`;
}

/** With many VMAs the picture is higher than its panel, so that each keeps its name. */
const VMA_ROOM_PX = 28;
const CELLS_ROOM_PX = 90;
const MAX_ROOM_PX = 3000;

function roomFor(mm: Mm, zoomed: boolean): number {
  if (zoomed) return 0;
  return Math.min(MAX_ROOM_PX, mm.vmas.length * VMA_ROOM_PX + CELLS_ROOM_PX);
}

function processChoice(app: App, mm: Mm, t: Translate): TemplateResult {
  const { snapshot } = app.store.state;
  const mms = snapshot?.mms ?? [];
  const onProcess = (event: Event): void => {
    const process = Number((event.target as HTMLSelectElement).value);
    app.act(() => app.store.update({ process, zoom: null, hover: null, cursor: null }));
  };
  const title = (mm: Mm): string => `${mm.name} (${t("pid", { pid: mm.pid })})`;
  const choice =
    mms.length < 2
      ? html`<span class="process">${title(mm)}</span>`
      : html`<select aria-label=${t("process")} @change=${onProcess}>${mms.map(
          (each) => html`<option value=${each.process} .selected=${each.process === mm.process}>
            ${title(each)}
          </option>`,
        )}</select>`;
  return html`${choice}
    <span class="spacer"></span>
    <span class="scan-states"><span class="code scan-state">numa_scan_seq <b>${formatCount(mm.scanSeq)}</b></span>
    <span class="code scan-state"><i class="offset-mark"></i>numa_scan_offset <b>${mm.scanOffset}</b></span></span>`;
}

function totals(mm: Mm, nodes: number): number[] {
  const sum = (at: number): number =>
    mm.vmas.reduce((total, vma) => total + (vma.nodePages[at] ?? 0), 0);
  return Array.from({ length: nodes }, (_, at) => sum(at));
}

function hintTotal(mm: Mm): number {
  return mm.vmas.reduce((total, vma) => total + vma.hintPages, 0);
}

/** Explains the colours, and counts what has them. */
function legend({ textured }: State, machine: Machine, mm: Mm, t: Translate): TemplateResult {
  const pages = totals(mm, machine.nodes.length);
  const whole = mm.vmas.reduce((total, vma) => total + vma.pages, 0);
  const chips = nodeIds(machine).map((id, at) => nodeChip(id, t, pages[at] ?? 0));
  return html`<div class="legend ${textured ? "textured" : ""}" title=${t("spaceCounts")}>
    ${nodeBar(machine, pages, whole)}
    ${chips}
    <span class="chip"><i class="swatch hatched"></i>${t("hintEntry")}<b class="num">${formatCount(hintTotal(mm))}</b></span>
    <span class="chip"><i class="swatch rest"></i>${t("notPresent")}<b class="num">${formatCount(whole - mm.rssPages)}</b></span>
  </div>`;
}

/** Closer to the top than this, the tooltip stands below the pointer. */
const TIP_ABOVE_PX = 40;

function tooltip(hover: Hover, mm: Mm, t: Translate): TemplateResult {
  const vma = mm.vmas.find((vma) => vma.index === hover.page.vma);
  const below = hover.y < TIP_ABOVE_PX ? "below" : "";
  return html`<div class="tooltip ${below}" style="--x:${hover.x}px;top:${hover.y}px" aria-hidden="true">
    <b>${vma?.name ?? ""}</b> ${hoverWords(hover, t)}
  </div>`;
}

function hoverWords({ page, pages, info }: Hover, t: Translate): string {
  return pageWords({ page: page.page, pages, info }, t);
}

/** One page, or a run of them, in a few words. */
export function pageWords(
  { page, pages, info }: { page: number; pages: number; info: PageInfo | null },
  t: Translate,
): string {
  const first = formatCount(page);
  const last = formatCount(page + pages - 1);
  if (pages > 1) return t("hoverPages", { first, last });
  const words = [t("hoverPage", { page: first })];
  if (info !== null && info.node !== null) words.push(t("node", { id: info.node }));
  if (info?.entry === "hint") words.push(t("hintEntry"));
  if (info?.entry === "none") words.push(t("notPresent"));
  return words.join(" · ");
}

function spaceWords(machine: Machine, mm: Mm, t: Translate): string {
  const whole = t("spaceText", {
    name: mm.name,
    pid: mm.pid,
    pages: formatCount(mm.rssPages),
    hint: formatCount(hintTotal(mm)),
    offset: mm.scanOffset,
    seq: formatCount(mm.scanSeq),
  });
  return [whole, ...mm.vmas.map((vma) => vmaWords(machine, vma, t))].join(" ");
}

function vmaWords(machine: Machine, vma: Vma, t: Translate): string {
  const nodes = nodeIds(machine).map((id, at) =>
    t("onNode", { id, count: formatCount(vma.nodePages[at] ?? 0) }),
  );
  const { lastSkip, lastWindow } = vma;
  const updated = formatCount(lastWindow?.updated ?? 0);
  const scanned = lastWindow === null ? "" : t("spaceTextWindow", { ...lastWindow, updated });
  const skipped = lastSkip === null ? "" : t("scannerSkipped", { reason: lastSkip });
  const words = t("spaceTextVma", {
    name: vma.name,
    start: vma.start,
    end: vma.end,
    prot: vma.prot,
    policy: vma.policy,
    pages: formatCount(vma.pages),
    nodes: nodes.join(", "),
    hint: formatCount(vma.hintPages),
  });
  return [words, scanned, skipped].join(" ");
}
