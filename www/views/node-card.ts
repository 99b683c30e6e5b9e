/** The figures of one node. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { MachinePicture, Node, NodeBox } from "../engine.ts";
import { formatCount, formatList, formatPages, formatShare } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import { fact, nodeChip } from "../panels/parts.ts";
import type { Snapshot } from "../store.ts";
import type { Flow } from "./moves.ts";

export function nodeCard(
  app: App,
  picture: MachinePicture,
  snapshot: Snapshot,
  step: readonly Flow[],
  t: Translate,
): TemplateResult | typeof nothing {
  const { openNode } = app.store.state;
  const node = snapshot.machine.nodes.find((node) => node.id === openNode);
  const box = picture.nodes.find((box) => box.id === openNode);
  if (node === undefined || box === undefined) return nothing;
  const close = (): void => app.store.update({ openNode: null });
  return html`<div class="node-card" data-testid="node-card" role="group"
      aria-label=${t("views.nodeFigures", { id: node.id })} style="top:${below(box)}px">
    <div class="node-card-head">${nodeChip(node.id, t)}<span class="spacer"></span>
      <button class="small" @click=${() => app.act(close)}>${t("close")}</button></div>
    <dl class="facts one-column">${figures(node, box, snapshot, t)} ${flowFigures(node, step, t)}</dl>
  </div>`;
}

/** Under the line with the node's name, so that this stays in sight. */
function below(box: NodeBox): number {
  return box.label === null ? box.y + 24 : box.label.y + box.label.height + 2;
}

function figures(node: Node, box: NodeBox, { mms, machine }: Snapshot, t: Translate): unknown {
  const busy = node.cpus.filter((cpu) => cpu.running !== null).length;
  const waiting = node.cpus.reduce((sum, cpu) => sum + cpu.waiting, 0);
  const cpus = formatList(node.cpus.map((cpu) => cpu.id));
  const words = {
    ...{ list: cpus, busy: formatCount(busy), all: formatCount(node.cpus.length) },
    waiting: formatCount(waiting),
  };
  const free = t("views.freeOf", {
    free: formatPages(node.freePages),
    total: formatPages(node.memoryPages),
    share: formatShare(node.freePages, node.memoryPages),
  });
  const at = machine.nodes.indexOf(node);
  const distances = machine.distances[at] ?? [];
  return html`${fact(t("views.cpus"), node.cpus.length === 0 ? t("noCpus") : t("views.cpusBusy", words))}
    ${fact(t("views.memory"), node.memoryPages === 0 ? t("views.noMemory") : free)}
    ${fact(t("views.cell"), formatPages(box.memory.pagesPerCell))}
    ${mms.map((mm, place) => fact(mm.name, t("views.pagesHere", { pages: formatCount(node.processPages[place] ?? 0) })))}
    ${fact(
      t("distances"),
      machine.nodes.map(
        (other, to) => html`<span class="distance">${other.id}: ${distances[to]}</span> `,
      ),
    )}`;
}

function flowFigures({ id }: Node, step: readonly Flow[], t: Translate): unknown {
  const sum = (flows: readonly Flow[]): TemplateResult => {
    const pages = flows.reduce((total, flow) => total + flow.pages, 0);
    const fresh = flows.reduce((total, flow) => total + flow.stepPages, 0);
    return html`${formatCount(pages)}${fresh > 0 ? html` <b class="changed">+${formatCount(fresh)}</b>` : nothing}`;
  };
  return html`${fact(t("views.cameHere"), sum(step.filter((flow) => flow.to === id)))}
    ${fact(t("views.wentAway"), sum(step.filter((flow) => flow.from === id)))}`;
}
