/** Text above the pixels of the machine. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import type { Cpu, Link, MachinePicture, Node, NodeBox, Rect } from "../engine.ts";
import { formatCount, formatPages, formatShare } from "../format.ts";
import { type Translate, translator, type Values } from "../i18n/index.ts";
import type { Snapshot, State } from "../store.ts";
import { nodeClass } from "./parts.ts";

/** CPU boxes narrower than this stay without text. */
const CPU_TEXT_PX = 34;
const CPU_TEXT_HEIGHT_PX = 30;
/** Lower ones have their text in one line, if they are wide enough for that. */
const CPU_LINE_PX = 70;
const CPU_LINE_HEIGHT_PX = 18;
/** Narrower ones show the number alone. */
const CPU_WORD_PX = 56;
/** Room that a node's memory needs to be told in full. */
const MEMORY_WORDS_PX = 210;
/** The same for how much is used of how much. */
const MEMORY_PAIR_PX = 118;
/** With more links than this, distances would cover each other. */
const LINKS_WITH_TEXT = 12;

export function drawMachineText(picture: MachinePicture, state: State): void {
  const overlay = document.getElementById("machine-overlay");
  if (overlay === null || state.snapshot === null) return;
  const t = translator(state.language);
  const { snapshot } = state;
  const links = picture.links.filter((link) => link.direct);
  render(
    html`${picture.nodes.map((box) => nodeText(box, snapshot, t))}
    ${links.length > LINKS_WITH_TEXT ? nothing : links.map(linkText)}`,
    overlay,
  );
}

/** Where a piece of text is. */
export function place({ x, y, width, height }: Rect): string {
  return `left:${x}px;top:${y}px;width:${width}px;height:${height}px`;
}

function nodeText(box: NodeBox, snapshot: Snapshot, t: Translate): unknown {
  const node = snapshot.machine.nodes.find((node) => node.id === box.id);
  if (node === undefined) return nothing;
  return [
    box.label === null ? nodePill(box, t) : nodeLabel(box.label, node, t),
    box.cpus.map((cpu) => cpuText(cpu, node, snapshot, t)),
    box.memoryLabel === null ? nothing : memoryText(box, box.memoryLabel, node, t),
  ];
}

/** Where a box has no line for its name, the name lies on it. */
function nodePill(box: NodeBox, t: Translate): TemplateResult {
  const left = box.x + box.width / 2;
  const top = box.y + box.height;
  return html`<div class="link-tag node-pill" style="left:${left}px;top:${top}px">
    <i class="swatch ${nodeClass(box.id)}"></i>${t("node", { id: box.id })}</div>`;
}

function nodeLabel(label: Rect, node: Node, t: Translate): TemplateResult {
  return html`<div class="tag node-tag" style=${place(label)}>
    <i class="swatch ${nodeClass(node.id)}"></i><b>${t("node", { id: node.id })}</b>
    ${node.cpus.length === 0 ? html`<span class="muted">${t("noCpus")}</span>` : nothing}
  </div>`;
}

function memoryText(box: NodeBox, label: Rect, node: Node, t: Translate): TemplateResult {
  const used = formatPages(node.memoryPages - node.freePages);
  const total = formatPages(node.memoryPages);
  const share = formatShare(node.freePages, node.memoryPages);
  const words =
    node.memoryPages === 0
      ? t("views.noMemory")
      : memoryWords(label.width, { used, total, share }, t);
  return html`<div class="tag memory-tag" style=${place(label)}
    title=${t("memoryCell", { size: formatPages(box.memory.pagesPerCell) })}>${words}</div>`;
}

/** As much as there is room for. */
function memoryWords(width: number, values: Values & { used: string }, t: Translate): string {
  if (width < MEMORY_PAIR_PX) return values.used;
  return t(width < MEMORY_WORDS_PX ? "views.memoryShort" : "views.memoryFree", values);
}

function cpuText(
  box: Rect & { readonly id: number },
  node: Node,
  snapshot: Snapshot,
  t: Translate,
): TemplateResult | typeof nothing {
  const isLow = box.height < CPU_TEXT_HEIGHT_PX;
  const hasLine = box.width >= CPU_LINE_PX && box.height >= CPU_LINE_HEIGHT_PX;
  if (isLow ? !hasLine : box.width < CPU_TEXT_PX) return nothing;
  const cpu = node.cpus.find((cpu) => cpu.id === box.id);
  const idle = (cpu?.running ?? null) === null;
  return html`<div class="tag cpu-tag ${isLow ? "is-low" : ""} ${idle ? "is-idle" : ""}" style=${place(box)}>
    <span>${isLow || box.width < CPU_WORD_PX ? box.id : t("cpu", { id: box.id })}</span>${whoRuns(cpu, snapshot, t)}
  </div>`;
}

/** The task that runs on a CPU, and how many wait for it. */
function whoRuns(cpu: Cpu | undefined, { tasks }: Snapshot, t: Translate): TemplateResult {
  const running = cpu?.running ?? null;
  const name = running === null ? t("idle") : (tasks[running]?.name ?? "?");
  const waiting = cpu?.waiting ?? 0;
  const more = waiting > 0 ? html` <span class="waiting">+${formatCount(waiting)}</span>` : nothing;
  return html`<b>${name}${more}</b>`;
}

function linkText(link: Link): TemplateResult {
  const x = (link.x1 + link.x2) / 2;
  const y = (link.y1 + link.y2) / 2;
  const both =
    link.distance === link.distanceBack
      ? `${link.distance}`
      : `${link.distance}/${link.distanceBack}`;
  return html`<div class="link-tag" style="left:${x}px;top:${y}px">${both}</div>`;
}
