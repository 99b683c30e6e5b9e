/** Live fields of the kernel's structures, for what is selected. */

import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { PageInfo } from "../engine.ts";
import { splitCpupid } from "../format.ts";
import type { Key, Translate } from "../i18n/index.ts";
import { fact, nodeChip } from "./parts.ts";

const ENTRIES: Readonly<Record<string, Key>> = {
  none: "entryNone",
  writable: "entryWritable",
  read_only: "entryReadOnly",
  hint: "entryHint",
};
const NOTHING_YET = "–";

export function structsPanel(app: App, t: Translate): TemplateResult {
  const page = app.store.state.snapshot?.selectedPage ?? null;
  return html`<dl class="facts one-column">${pageFacts(page, t)}</dl>`;
}

function pageFacts(page: PageInfo | null, t: Translate): TemplateResult[] {
  const code = (text: string): TemplateResult => html`<span class="code">${text}</span>`;
  const node = page === null || page.node === null ? NOTHING_YET : nodeChip(page.node, t);
  const entry = page === null ? undefined : ENTRIES[page.entry];
  return [
    fact(t("pageAddress"), page === null ? NOTHING_YET : code(page.addr)),
    fact(t("pageNode"), node),
    fact(t("pageEntry"), entry === undefined ? (page?.entry ?? NOTHING_YET) : t(entry)),
    fact(t("pageLast"), page === null ? NOTHING_YET : lastFault(page, t), "last_cpupid"),
  ];
}

function lastFault(page: PageInfo, t: Translate): string {
  const last = splitCpupid(page.lastCpupid);
  if (last === null) return t("cpupidUnset");
  return t("cpupid", { cpu: last.cpu, pid: `${last.pidLow}` });
}
