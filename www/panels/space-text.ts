/** Text above the pixels of an address space. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import type { Mm, ScanWindowBox, SpacePicture, Strip } from "../engine.ts";
import { formatCount, formatPages } from "../format.ts";
import { type Translate, translator } from "../i18n/index.ts";
import { type State, shownMm } from "../store.ts";
import { place } from "./machine-text.ts";

const PAGE_BYTES = 4096;
/** Room that a line below a strip needs. */
const LINE_PX = 19;

export function drawSpaceText(picture: SpacePicture, state: State): void {
  const overlay = document.getElementById("space-overlay");
  const mm = shownMm(state);
  if (overlay === null || mm === null) return;
  const t = translator(state.language);
  const hidden = picture.hidden > 0 ? t("vmasMore", { count: formatCount(picture.hidden) }) : "";
  render(
    html`${picture.strips.map((strip, at) => stripText(strip, picture.strips[at + 1], picture, mm, t))}
      <div class="tag hidden-tag">${hidden}</div>`,
    overlay,
  );
}

function stripText(
  strip: Strip,
  next: Strip | undefined,
  { window }: SpacePicture,
  mm: Mm,
  t: Translate,
): TemplateResult | typeof nothing {
  const vma = mm.vmas.find((vma) => vma.index === strip.vma);
  if (strip.label === null || vma === undefined) return nothing;
  const scan = window?.vma === strip.vma ? windowWords(window, t) : null;
  const bottom = strip.y + strip.height;
  const below = scan !== null && (next?.label?.y ?? Number.POSITIVE_INFINITY) >= bottom + LINE_PX;
  const end = scan === null || below ? cellWords(strip, t) : scan;
  return html`<div class="tag strip-tag" style=${place(strip.label)}>
      <b class="strip-name" data-vma=${vma.index}>${vma.name}</b><span class="code">${vma.start}</span><span class="code">${vma.prot}</span>
      <span>${formatPages(vma.pages)}</span><span class="policy">${vma.policy}</span>
      <span class="cell">${end}</span>
    </div>
    ${below ? belowText(strip, scan, bottom) : nothing}`;
}

function belowText(strip: Strip, words: string, bottom: number): TemplateResult {
  return html`<div class="tag window-tag" style="left:${strip.x}px;top:${bottom + 1}px">${words}</div>`;
}

function cellWords(strip: Strip, t: Translate): string {
  if (strip.pagesPerCell === 1) return t("cellPage");
  return t("cellPages", { count: formatCount(strip.pagesPerCell) });
}

/** The numbers of the last scan, also where only a part of it is shown. */
function windowWords(window: ScanWindowBox, t: Translate): string {
  const pages = (Number(window.end) - Number(window.start)) / PAGE_BYTES;
  return t("scanWindow", {
    size: formatPages(pages),
    pages: formatCount(pages),
    updated: formatCount(window.updated),
  });
}
