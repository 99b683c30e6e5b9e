/** A row of tabs of which one is chosen: arrow keys go along it, as in every such row. */

import { html, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";

export interface TabRow<Name extends string> {
  /** Begins the ids of tabs and their panel. */
  readonly id: string;
  readonly label: string;
  readonly tabs: readonly { readonly name: Name; readonly title: string }[];
  readonly chosen: Name;
  readonly choose: (name: Name) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

export function tabList<Name extends string>(app: App, row: TabRow<Name>): TemplateResult {
  const { id, label, tabs, chosen } = row;
  const onKey = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const at = tabs.findIndex((tab) => tab.name === chosen);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    app.act(() => row.choose(next.name));
    document.getElementById(`${id}-tab-${next.name}`)?.focus();
  };
  return html`<div class="tab-list" role="tablist" aria-label=${label} @keydown=${onKey}>${tabs.map(
    ({ name, title }) => html`<button role="tab" id="${id}-tab-${name}" data-testid="${id}-${name}"
      aria-selected=${String(name === chosen)} aria-controls="${id}-body"
      tabindex=${name === chosen ? 0 : -1}
      @click=${() => app.act(() => row.choose(name))}>${title}</button>`,
  )}</div>`;
}

/** What the chosen tab shows. */
export function tabBody(id: string, chosen: string, content: unknown): TemplateResult {
  return html`<div class="tab-body scroll" role="tabpanel" id="${id}-body" tabindex="0"
    aria-labelledby="${id}-tab-${chosen}">${content}</div>`;
}
