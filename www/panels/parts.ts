/** Small pieces that several panels use. */

import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from "lit-html";
import type { Machine } from "../engine.ts";
import { formatCount } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import { nodeIds } from "../store.ts";

const COLOURS = 8;

/** Class names that give a node's colour; from the ninth on the same eight, shaded. */
export function nodeClass(id: number): string {
  const round = Math.floor(id / COLOURS);
  return `node-${id % COLOURS}${round > 0 ? ` shade-${Math.min(round, 3)}` : ""}`;
}

/** A node's colour with its name, so that colour never stands alone. */
export function nodeChip(id: number, t: Translate, count: number | null = null): TemplateResult {
  const number = count === null ? nothing : html`<b class="num">${formatCount(count)}</b>`;
  return html`<span class="chip"><i class="swatch ${nodeClass(id)}"></i>${t("node", { id })}${number}</span>`;
}

/** Pages of each node as one bar; the numbers stand beside it as chips. */
export function nodeBar(machine: Machine, pages: readonly number[], whole: number): TemplateResult {
  const ids = nodeIds(machine);
  const part = (count: number, at: number): TemplateResult | typeof nothing =>
    count > 0 ? html`<i class=${nodeClass(ids[at] ?? 0)} style="flex-grow:${count}"></i>` : nothing;
  const rest = Math.max(0, whole - pages.reduce((sum, count) => sum + count, 0));
  return html`<span class="bar" aria-hidden="true">${pages.map(part)}${
    rest > 0 ? html`<i class="rest" style="flex-grow:${rest}"></i>` : nothing
  }</span>`;
}

/** One line of a list of names and values. */
export function fact(name: string, value: unknown, title = ""): TemplateResult {
  return html`<div class="fact"><dt title=${title || nothing}>${name}</dt><dd>${value}</dd></div>`;
}

const ICONS = {
  play: svg`<path d="M4 2.5v11l9-5.5z" />`,
  pause: svg`<path d="M4 2.5h3v11H4zM9 2.5h3v11H9z" />`,
  forward: svg`<path d="M3 2.5v11l7-5.5zM11 2.5h2v11h-2z" />`,
  back: svg`<path d="M13 2.5v11L6 8zM3 2.5h2v11H3z" />`,
  home: svg`<path d="M2 2.5h2v11H2zM9 2.5v11L4.5 8zM14 2.5v11L9.5 8z" />`,
  event: svg`<path d="M2 2.5v11L9 8z" /><circle cx="12.5" cy="8" r="2.2" />`,
} as const;

/** An icon that stands beside its word. */
export function icon(name: keyof typeof ICONS): TemplateResult {
  const shape: SVGTemplateResult = ICONS[name];
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${shape}</svg>`;
}
