/** The VMAs of the process that is shown. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Machine, Vma } from "../engine.ts";
import { formatCount, formatPages, formatSeconds } from "../format.ts";
import type { Key, Translate } from "../i18n/index.ts";
import { nodeIds, shownMm } from "../store.ts";
import { nodeClass } from "./parts.ts";

const KINDS: Readonly<Record<string, Key>> = {
  anon: "kindAnon",
  private_file: "kindPrivateFile",
  shared: "kindShared",
  unmigratable: "kindUnmigratable",
};
/** Rows that are drawn; a process may have thousands. */
const MAX_ROWS = 64;
/** With more nodes than this, only those that hold pages are listed. */
const ALWAYS_SHOWN_NODES = 4;

export function vmaTable(app: App, t: Translate): TemplateResult {
  const mm = shownMm(app.store.state);
  const machine = app.store.state.snapshot?.machine;
  const known = mm !== null && machine !== undefined;
  const rows = known ? mm.vmas.slice(0, MAX_ROWS).map((vma) => row(app, machine, vma, t)) : [];
  const more = (mm?.vmas.length ?? 0) - MAX_ROWS;
  return html`<table class="vmas" data-testid="vma-list">
      <thead>${head(t)}</thead>
      <tbody>${rows}</tbody>
    </table>
    ${more > 0 ? html`<p class="muted">${t("vmasMore", { count: formatCount(more) })}</p>` : nothing}`;
}

function head(t: Translate): TemplateResult {
  return html`<tr>
    <th scope="col">${t("vmaName")}</th>
    <th scope="col" class="num">${t("vmaSize")}</th>
    <th scope="col">${t("vmaProt")}</th>
    <th scope="col">${t("vmaPolicy")}</th>
    <th scope="col">${t("vmaPages")}</th>
    <th scope="col" class="num">${t("vmaHint")}</th>
    <th scope="col">${t("vmaScanner")}</th>
  </tr>`;
}

function row(app: App, machine: Machine, vma: Vma, t: Translate): TemplateResult {
  const { selection, process } = app.store.state;
  const here = selection?.kind === "vma" || selection?.kind === "page" ? selection : null;
  const chosen = here?.process === process && here.vma === vma.index;
  const select = (): void => app.select({ kind: "vma", process, vma: vma.index });
  const kind = KINDS[vma.kind];
  return html`<tr data-vma=${vma.index}>
    <th scope="row">
      <button class="link" aria-pressed=${String(chosen)} title="${vma.start}–${vma.end}" @click=${() => app.act(select)}>${vma.name}</button>
    </th>
    <td class="num">${formatPages(vma.pages)}</td>
    <td class="code" title=${kind === undefined ? vma.kind : t(kind)}>${vma.prot}</td>
    <td class="code">${vma.policy}</td>
    <td class="by-node">${byNode(machine, vma, t)}</td>
    <td class="num">${formatCount(vma.hintPages)}</td>
    <td class="scanner">${scanner(vma, t)}</td>
  </tr>`;
}

/** As numa_maps prints it, with the nodes' colours. */
function byNode(machine: Machine, vma: Vma, t: Translate): unknown {
  const ids = nodeIds(machine);
  return ids.map((id, at) => {
    const count = vma.nodePages[at] ?? 0;
    if (count === 0 && ids.length > ALWAYS_SHOWN_NODES) return nothing;
    return html`<span class="chip" title=${t("node", { id })}><i class="swatch ${nodeClass(id)}"></i>N${id}
      <b class="num">${formatCount(count)}</b></span>`;
  });
}

/** What the scanner last did here: the tracepoint's word, or how many entries it marked, and when. */
function scanner(vma: Vma, t: Translate): unknown {
  if (vma.lastSkip !== null) {
    return html`<span class="code" title=${t("scannerSkipped", { reason: vma.lastSkip })}>${vma.lastSkip}</span>`;
  }
  if (vma.lastWindow === null) return t("scannerNever");
  const { updated, timeMs } = vma.lastWindow;
  return t("scannerWindow", { updated: formatCount(updated), time: formatSeconds(timeMs) });
}
