/** Over the pixels of the machine: what moves, what has moved, and the figures of a node. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { MachinePicture, Node, NodeBox, Rect } from "../engine.ts";
import { formatCount } from "../format.ts";
import { type Translate, translator } from "../i18n/index.ts";
import { place } from "../panels/machine-text.ts";
import { nodeClass } from "../panels/parts.ts";
import type { Snapshot, State } from "../store.ts";
import { MachinePointer } from "./machine-pointer.ts";
import { type Flow, flows, movedTasks, StepStart } from "./moves.ts";
import { nodeCard } from "./node-card.ts";
import { alongLink, betweenCpus, type Trail, TrailLayer } from "./trails.ts";

/** Boxes narrower than this have no room for where pages came from. */
const ORIGIN_FROM_PX = 210;
/** Narrower ones have no room for anything beside the name. */
const FACTS_FROM_PX = 150;

export class MachineExtras {
  private readonly step = new StepStart();
  private readonly trails = new TrailLayer();
  private readonly pointer: MachinePointer;
  private seen: Snapshot | null = null;

  constructor(private readonly app: App) {
    this.pointer = new MachinePointer(app);
  }

  draw(picture: MachinePicture, state: State): void {
    const { snapshot } = state;
    if (snapshot === null) return;
    this.pointer.follow(picture);
    const t = translator(state.language);
    const step = flows(snapshot.machine.moves, this.step.of(state.baseline, snapshot));
    this.move(picture, state, snapshot, step);
    put("machine-extras", this.labels(picture, snapshot, step, t));
    put("machine-moves", moveList(step, t));
    put("machine-card", nodeCard(this.app, picture, snapshot, step, t));
    this.seen = snapshot;
  }

  /** What moved since the last picture; where nothing may move itself, what moved in this step. */
  private move(picture: MachinePicture, state: State, now: Snapshot, step: readonly Flow[]): void {
    const before = this.seen;
    if (before === null || before === now) return;
    const still = state.reducedMotion;
    const fresh = still ? step : flows(now.machine.moves, before.machine.moves);
    const isForward = now.clock.events >= before.clock.events;
    const pages = fresh.filter((flow) => flow.stepPages > 0);
    const tasks = isForward ? movedTasks(now.tasks, before.tasks) : [];
    const trails = [
      ...pages.map((flow) => alongLink(picture, flow.from, flow.to)),
      ...tasks.map(({ task, fromCpu }) => betweenCpus(picture, task.tid, [fromCpu, task.cpu])),
    ];
    this.trails.show(
      trails.filter((trail): trail is Trail => trail !== null),
      still,
    );
  }

  private labels(
    picture: MachinePicture,
    { machine }: Snapshot,
    step: readonly Flow[],
    t: Translate,
  ) {
    return html`${picture.nodes.map((box) => {
      const node = machine.nodes.find((node) => node.id === box.id);
      return node === undefined ? nothing : this.label(box, node, step, t);
    })}`;
  }

  /** What opens a node's figures, and how many pages have come to it in this step. */
  private label(box: NodeBox, node: Node, step: readonly Flow[], t: Translate): TemplateResult {
    const { openNode } = this.app.store.state;
    const isOpen = openNode === box.id;
    const toggle = (): void => this.app.store.update({ openNode: isOpen ? null : box.id });
    const came = step.filter((flow) => flow.to === box.id && flow.stepPages > 0);
    return html`<button class="node-open" style=${place(headOf(box))} aria-expanded=${String(isOpen)}
        data-testid="node-${box.id}" aria-label=${t("views.nodeFigures", { id: box.id })}
        @click=${() => this.app.act(toggle)}></button>
      ${
        box.label === null || box.width < FACTS_FROM_PX
          ? nothing
          : html`<div class="node-facts" style=${place(box.label)}>
        ${came.length > 0 ? cameWords(came, box, t) : busyWords(node, box, t)}</div>`
      }`;
  }
}

function put(id: string, content: TemplateResult | typeof nothing): void {
  const into = document.getElementById(id);
  if (into !== null) render(content, into);
}

/** The line with a node's name; where there is none, the upper edge of its box. */
function headOf({ label, x, y, width, height }: NodeBox): Rect {
  return label ?? { x, y, width, height: Math.min(height, 24) };
}

function cameWords(came: readonly Flow[], box: NodeBox, t: Translate): TemplateResult {
  const pages = formatCount(came.reduce((sum, flow) => sum + flow.stepPages, 0));
  if (box.width < ORIGIN_FROM_PX || came.length > 2) return html`<b>+${pages}</b>`;
  const froms = came.map(
    ({ from }) => html`<i class="swatch ${nodeClass(from)}"></i>${t("node", { id: from })}`,
  );
  return html`<b>+${pages}</b> ← ${froms}`;
}

/** Where CPUs are too many to be named, how many of them are busy. */
function busyWords(node: Node, box: NodeBox, t: Translate): unknown {
  const isNamed = (box.cpus[0]?.width ?? 0) >= 34;
  if (isNamed || node.cpus.length === 0) return nothing;
  const busy = node.cpus.filter((cpu) => cpu.running !== null).length;
  const values = { busy: formatCount(busy), all: formatCount(node.cpus.length) };
  if (box.width < 160) return html`<span class="muted num">${values.busy}/${values.all}</span>`;
  return html`<span class="muted num">${t("views.busy", values)}</span>`;
}

/** One line for each pair of nodes; there is room for two, the others are scrolled to. */
function moveList(step: readonly Flow[], t: Translate): TemplateResult {
  if (step.length === 0) return html`<p class="muted">${t("views.noMoves")}</p>`;
  return html`<ul class="moves">${step.map((flow) => moveRow(flow, t))}</ul>`;
}

function moveRow(flow: Flow, t: Translate): TemplateResult {
  const { from, to, pages, tasks, stepPages, stepTasks } = flow;
  const node = (id: number) =>
    html`<i class="swatch ${nodeClass(id)}"></i><span class="hidden">${t("node", { id })}</span><span aria-hidden="true">${id}</span>`;
  const plus = (count: number) =>
    count > 0
      ? html`<b class="changed" title=${t("views.step")}>+${formatCount(count)}</b>`
      : nothing;
  return html`<li title=${t("views.fromTo", { from, to })}>
    <span class="pair">${node(from)} → ${node(to)}</span>
    <span class="num">${t("views.pageCount", { pages: formatCount(pages) })} ${plus(stepPages)}</span>
    <span class="num">${tasks > 0 ? t("views.taskCount", { tasks: formatCount(tasks) }) : nothing} ${plus(stepTasks)}</span>
  </li>`;
}
