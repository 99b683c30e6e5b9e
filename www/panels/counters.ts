/** The counters of /proc/vmstat, with what the last step added. */

import { html, nothing, type TemplateResult } from "lit-html";
import { formatCount, formatDelta } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import type { State } from "../store.ts";

export function countersTable(state: State, t: Translate): TemplateResult {
  const counters = Object.entries(state.snapshot?.vmstat ?? {});
  const row = ([name, value]: [string, number]): TemplateResult => {
    const delta = formatDelta(value - (state.baseline[name] ?? value));
    return html`<tr class=${delta === "" ? nothing : "changed"}>
      <th scope="row" class="code">${name}</th>
      <td class="num" data-counter=${name}>${formatCount(value)}</td>
      <td class="num delta">${delta}</td>
    </tr>`;
  };
  return html`<table class="counters">
    <thead>
      <tr>
        <th scope="col" class="code">${t("counterName")}</th>
        <th scope="col" class="num">${t("counterValue")}</th>
        <th scope="col" class="num">${t("counterDelta")}</th>
      </tr>
    </thead>
    <tbody>${counters.map(row)}</tbody>
  </table>`;
}
