/** Text above the pixels of an address space. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import type { Mm, ScanWindowBox, SpacePicture, Strip } from "../engine.ts";
import { formatCount, formatPages } from "../format.ts";
import { type Translate, translator } from "../i18n/index.ts";
import { type State, shownMm } from "../store.ts";
import { place } from "./machine-text.ts";

export function drawSpaceText(picture: SpacePicture, state: State): void {
  const overlay = document.getElementById("space-overlay");
  const mm = shownMm(state);
  if (overlay === null || mm === null) return;
  const t = translator(state.language);
  const marks = picture.window === null ? nothing : windowText(picture.window, picture, t);
  render(html`${picture.strips.map((strip) => stripText(strip, mm, t))}${marks}`, overlay);
}

function stripText(strip: Strip, mm: Mm, t: Translate): TemplateResult | typeof nothing {
  const vma = mm.vmas.find((vma) => vma.index === strip.vma);
  if (strip.label === null || vma === undefined) return nothing;
  const cell =
    strip.pagesPerCell === 1
      ? t("cellPage")
      : t("cellPages", { count: formatCount(strip.pagesPerCell) });
  return html`<div class="tag strip-tag" style=${place(strip.label)}>
    <b>${vma.name}</b><span class="code">${vma.start}</span><span class="code">${vma.prot}</span>
    <span>${formatPages(vma.pages)}</span><span class="policy">${vma.policy}</span>
    <span class="cell">${cell}</span>
  </div>`;
}

/** The numbers of the last scan, below the strip that it went through. */
function windowText(window: ScanWindowBox, picture: SpacePicture, t: Translate): unknown {
  const strip = picture.strips.find((strip) => strip.vma === window.vma);
  if (strip === undefined || strip.label === null) return nothing;
  const text = t("scanWindow", {
    size: formatPages(window.pages),
    pages: formatCount(window.pages),
    updated: formatCount(window.updated),
  });
  const top = strip.y + strip.height + 1;
  return html`<div class="tag window-tag" style="left:${strip.x}px;top:${top}px">${text}</div>`;
}
