/** The machine: its canvas, and the same in words. */

import { html, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import type { Machine, Node } from "../engine.ts";
import { formatCount, formatPages } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import type { Snapshot, State } from "../store.ts";

/** Nodes up to which distances are spelled out pair by pair. */
const SPELLED_NODES = 8;
/** With more nodes than this the machine takes room from the tasks. */
const LABELLED_NODES = 2;

export function machinePanel(state: State, t: Translate): TemplateResult {
  const many = (state.snapshot?.machine.nodes.length ?? 0) > LABELLED_NODES;
  // While playing, words would change faster than anybody could read them.
  const shown = state.playing ? "playing" : state.snapshot;
  const words = guard([shown, state.language], () =>
    state.snapshot === null ? "" : machineWords(state.snapshot, t),
  );
  return html`<section class="panel machine ${many ? "many" : ""}" data-in="machine" id="view-machine" tabindex="-1" aria-label=${t("machine")}>
    <h2>${t("machine")}</h2>
    <div class="stage machine-stage">
      <canvas data-testid="canvas-machine" id="canvas-machine" role="img"
        aria-label=${t("machine")} aria-describedby="machine-words"></canvas>
      <div class="overlay" id="machine-overlay" aria-hidden="true"></div>
      <svg class="overlay" id="machine-trails" aria-hidden="true"></svg>
      <div class="overlay" id="machine-extras"></div>
      <div id="machine-card"></div>
      <div class="tooltip" id="machine-tip" aria-hidden="true" hidden></div>
    </div>
    <div class="machine-moves" id="machine-moves" tabindex="0" role="group" aria-label=${t("views.moves")}></div>
    <p class="hidden" id="machine-words">${words}</p>
  </section>`;
}

function machineWords({ machine, tasks }: Snapshot, t: Translate): string {
  const runs = (task: number): string => tasks.find((known) => known.index === task)?.name ?? "?";
  const cpus = (node: Node): string =>
    node.cpus
      .map((cpu) => {
        if (cpu.running === null) return t("machineTextIdle", { id: cpu.id });
        const busy = t("machineTextCpu", { id: cpu.id, task: runs(cpu.running) });
        return cpu.waiting > 0 ? `${busy} (${t("waiting", { count: cpu.waiting })})` : busy;
      })
      .join(", ") || t("noCpus");
  const nodes = machine.nodes.map((node) =>
    t("machineTextNode", {
      id: node.id,
      used: formatPages(node.memoryPages - node.freePages),
      total: formatPages(node.memoryPages),
      cpus: cpus(node),
      pages: node.processPages.map(formatCount).join(", "),
    }),
  );
  const count = machine.nodes.length;
  return [t("machineText", { count }), ...nodes, ...distances(machine, t)].join(" ");
}

function distances(machine: Machine, t: Translate): string[] {
  if (machine.nodes.length > SPELLED_NODES) return [];
  return machine.nodes.flatMap((a, i) =>
    machine.nodes.flatMap((b, j) => {
      if (i === j) return [];
      const distance = machine.distances[i]?.[j] ?? 0;
      return [t("machineTextDistance", { a: a.id, b: b.id, distance })];
    }),
  );
}
