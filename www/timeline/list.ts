/** The marks as a list, for reading and for the keyboard. */

import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import type { Mark } from "../engine.ts";
import { eventText } from "../event-text.ts";
import { formatCount, formatSeconds } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import type { Content, Timeline } from "./timeline.ts";
import { isRefused } from "./tracks.ts";
import { marksOf, omittedOf } from "./walk.ts";

/** The list has so many around the present; further ones are counted. */
const MAX_LISTED = 200;

export function markList(timeline: Timeline, content: Content, t: Translate): TemplateResult {
  const { tracks, walk, followed } = content;
  const { language, selection, snapshot } = timeline.state;
  const selected = selection?.kind === "event" ? selection.seq : null;
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    timeline.app.act(() => timeline.change({ listOpen: false }));
  };
  const parts = [tracks, walk, followed, language, selected];
  return html`<section class="tl-list" id="timeline-list" aria-label=${t("timeline.listTitle")} @keydown=${onKey}>
    <h3>${t("timeline.listTitle")}</h3>
    ${guard(parts, () => body(timeline, content, snapshot?.clock.tick ?? 0, selected, t))}
  </section>`;
}

function body(
  timeline: Timeline,
  { tracks, walk, followed }: Content,
  tick: number,
  selected: number | null,
  t: Translate,
): TemplateResult {
  const all = marksOf(tracks, walk, followed);
  const shown = around(all, tick);
  const more = all.length - shown.length + omittedOf(tracks, walk);
  return html`${all.length === 0 ? html`<p class="muted">${t("timeline.listEmpty")}</p>` : nothing}
    <ol class="log scroll" data-testid="marks" tabindex="0">${shown.map((mark) =>
      entry(timeline, mark, selected, t),
    )}</ol>
    ${more > 0 ? html`<p class="muted">${t("timeline.listMore", { count: formatCount(more) })}</p>` : nothing}`;
}

/** Those nearest to a tick. */
export function around(marks: readonly Mark[], tick: number): readonly Mark[] {
  const next = marks.findIndex((mark) => mark.tick >= tick);
  const middle = next < 0 ? marks.length : next;
  const first = Math.max(0, Math.min(middle - MAX_LISTED / 2, marks.length - MAX_LISTED));
  return marks.slice(first, first + MAX_LISTED);
}

function entry(
  timeline: Timeline,
  mark: Mark,
  selected: number | null,
  t: Translate,
): TemplateResult {
  const chosen = mark.seq === selected;
  return html`<li data-mark-seq=${mark.seq} data-kind=${mark.kind}>
    <span class="time num">${formatSeconds(mark.timeMs)}</span>
    <button class="link" aria-pressed=${String(chosen)}
      @click=${() => timeline.app.act(() => timeline.goTo(mark))}>${eventText(mark, t)}</button>
    ${isRefused(mark) ? html`<b>${t("timeline.refused")}</b>` : nothing}
  </li>`;
}
