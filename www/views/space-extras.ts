/** Over the pixels of an address space: what part is seen, the cursor, and single pages in words. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Mm, PageInfo, SpacePicture, Strip, Vma } from "../engine.ts";
import { formatCount, splitCpupid } from "../format.ts";
import { type Translate, translator } from "../i18n/index.ts";
import { place } from "../panels/machine-text.ts";
import { pageWords } from "../panels/space.ts";
import { type State, shownMm } from "../store.ts";
import { cellRect, ZOOM_STEP } from "./grid.ts";
import type { SpaceInput } from "./space-input.ts";

/** Cells from this size on carry the words of their page. */
const TEXT_FROM_PX = 80;
/** Cells from this size on carry the page's number alone, if it fits. */
const NUMBER_FROM_PX = 48;
/** What a cell's words do not get of its width, and what a digit takes. */
const AROUND_PX = 14;
const PADDING_PX = 8;
const DIGIT_PX = 8;
/** More than fit on any screen at that size. */
const MAX_CELLS = 400;

export function drawSpaceExtras(
  app: App,
  input: SpaceInput,
  picture: SpacePicture,
  state: State,
): void {
  const mm = shownMm(state);
  if (mm === null) return;
  const t = translator(state.language);
  put(
    "space-extras",
    html`${picture.strips.map((strip) => pages(app, strip, mm, t))}
    ${cursor(input, state)}`,
  );
  put("space-overview", overview(app, input, picture, mm, t));
  put("space-cursor", html`${cursorWords(app, picture, mm, t)}`);
}

function put(id: string, content: TemplateResult): void {
  const into = document.getElementById(id);
  if (into !== null) render(content, into);
}

/** Words in the cells of single pages, where these are large enough. */
function pages(app: App, strip: Strip, mm: Mm, t: Translate): unknown {
  const cells = Math.ceil(strip.pages / strip.pagesPerCell);
  if (strip.pagesPerCell > 1 || strip.cellWidth < NUMBER_FROM_PX || cells > MAX_CELLS)
    return nothing;
  return Array.from({ length: cells }, (_, cell) => {
    const page = strip.firstPage + cell;
    const { x, y } = cellRect(strip, cell);
    const width = strip.cellWidth - AROUND_PX;
    if (formatCount(page).length * DIGIT_PX + PADDING_PX > width) return nothing;
    const style = `left:${x + 5}px;top:${y + 5}px;width:${width}px`;
    const words = strip.cellWidth < TEXT_FROM_PX ? nothing : pageText(app, mm, strip.vma, page, t);
    return html`<div class="pte" style=${style}><b>${formatCount(page)}</b>${words}</div>`;
  });
}

function pageText(app: App, mm: Mm, vma: number, page: number, t: Translate): unknown {
  const info = app.session.page({ process: mm.process, vma, page });
  if (info === null || info.node === null) return html`<span>${t("notPresent")}</span>`;
  return html`<span>${t("node", { id: info.node })}</span>
    <span>${info.entry === "hint" ? t("views.hint") : t(`views.${accessOf(info)}`)}</span>
    <span>${lastWords(info, t)}</span>`;
}

function accessOf({ entry }: PageInfo): "readOnly" | "writable" {
  return entry === "read_only" ? "readOnly" : "writable";
}

/** Who took the last hinting fault on the page, as `last_cpupid` tells it. */
function lastWords({ lastCpupid }: PageInfo, t: Translate): string {
  const last = splitCpupid(lastCpupid);
  if (last === null) return t("views.nobody");
  return t("views.lastCpu", { cpu: last.cpu, pid: last.pidLow });
}

function cursor(input: SpaceInput, state: State): unknown {
  const rect = input.rectOf(state.cursor);
  return rect === null ? nothing : html`<div class="page-cursor" style=${place(rect)}></div>`;
}

/** What the arrow keys have come to, for those who listen. */
function cursorWords(app: App, { strips }: SpacePicture, mm: Mm, t: Translate): string {
  const { cursor, playing } = app.store.state;
  const strip = strips.find((strip) => strip.vma === cursor?.vma);
  const vma = mm.vmas.find((vma) => vma.index === cursor?.vma);
  if (cursor === null || strip === undefined || vma === undefined || playing) return "";
  const pages = Math.min(strip.pagesPerCell, vma.pages - cursor.page);
  const info = pages === 1 ? app.session.page(cursor) : null;
  return `${vma.name}: ${pageWords({ page: cursor.page, pages, info }, t)}`;
}

/** All VMAs as one bar on which the part that is seen is marked, and what changes that part. */
function overview(
  app: App,
  input: SpaceInput,
  picture: SpacePicture,
  mm: Mm,
  t: Translate,
): TemplateResult {
  const button = (name: string, label: string, words: string, run: () => void, off: boolean) =>
    html`<button class="small" data-testid=${name} aria-label=${label} title=${label} ?disabled=${off}
      @click=${() => app.act(run)}>${words}</button>`;
  const { zoom } = app.store.state;
  const whole = zoom === null;
  const deepest = zoom !== null && zoom.pages <= 1;
  return html`
    ${button("zoom-out", t("views.zoomOut"), "−", () => input.zoomBy(1 / ZOOM_STEP), whole)}
    ${button("zoom-in", t("views.zoomIn"), "+", () => input.zoomBy(ZOOM_STEP), deepest)}
    ${button("zoom-all", t("wholeProcess"), t("wholeProcess"), () => input.showAll(), whole)}
    <div class="overview" aria-hidden="true">${mm.vmas.map((vma) => segment(app, input, picture, vma, whole))}</div>
    <span class="seen-words num" data-testid="seen">${seenWords(picture, mm, whole, t)}</span>`;
}

function segment(
  app: App,
  input: SpaceInput,
  { strips }: SpacePicture,
  vma: Vma,
  whole: boolean,
): TemplateResult {
  const go = (event: MouseEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const share = (event.clientX - box.left) / Math.max(1, box.width);
    app.act(() => input.goTo(vma.index, Math.floor(share * vma.pages)));
  };
  const strip = strips.find((strip) => strip.vma === vma.index);
  const part = (pages: number): number => (pages / vma.pages) * 100;
  const seen =
    strip === undefined || whole
      ? nothing
      : html`<i class="seen" style="left:${part(strip.firstPage)}%;width:${part(strip.pages)}%"></i>`;
  return html`<span class="segment" style="flex-grow:${vma.pages}" title=${vma.name} @click=${go}>${seen}</span>`;
}

function seenWords({ strips }: SpacePicture, mm: Mm, whole: boolean, t: Translate): string {
  const strip = strips[0];
  const vma = mm.vmas.find((vma) => vma.index === strip?.vma);
  if (whole || strip === undefined || vma === undefined) return t("views.allShown");
  const last = formatCount(strip.firstPage + strip.pages - 1);
  const all = formatCount(vma.pages);
  return t("views.seen", { first: formatCount(strip.firstPage), last, all, name: vma.name });
}
