/** The newest events, newest first. */

import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { App } from "../app.ts";
import { eventText } from "../event-text.ts";
import type { LogLine } from "../events.ts";
import { formatCount, formatSeconds } from "../format.ts";
import type { Translate } from "../i18n/index.ts";

export function eventLog(app: App, t: Translate): TemplateResult {
  const log = app.store.state.snapshot?.log ?? [];
  const newest = [...log].reverse();
  return html`<ol class="log" data-testid="event-log">${repeat(
    newest,
    (line) => line.firstSeq,
    (line) => eventLine(app, line, t),
  )}</ol>
  ${log.length === 0 ? html`<p class="muted">${t("eventsNone")}</p>` : nothing}`;
}

function eventLine(app: App, line: LogLine, t: Translate): TemplateResult {
  const { selection } = app.store.state;
  const { seq } = line;
  const chosen = selection?.kind === "event" && selection.seq === seq;
  const times = line.count > 1 ? t("eventTimes", { count: formatCount(line.count) }) : "";
  return html`<li data-event-seq=${seq} data-kind=${line.kind}>
    <span class="time num">${formatSeconds(line.timeMs)}</span>
    <span class="sentence"><button class="link" aria-pressed=${String(chosen)}
      @click=${() => app.act(() => app.select({ kind: "event", seq }))}>${eventText(line, t)}</button>${skippedNote(line, t)}</span>
    <b class="times num">${times}</b>
  </li>`;
}

function skippedNote({ skippedBefore }: LogLine, t: Translate): TemplateResult | typeof nothing {
  if (skippedBefore === 0) return nothing;
  const words = t("eventsSkipped", { count: formatCount(skippedBefore) });
  return html`<span class="muted skipped">${words}</span>`;
}
