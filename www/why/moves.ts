/** When a task changed nodes, and who moved it: the newest first. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app.ts";
import type { Mark } from "../engine.ts";
import { formatCount, formatSeconds } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import type { WhyTexts } from "../why-texts.ts";
import { sentence } from "./operands.ts";

/** So many are listed. */
const LISTED = 8;

/** `moves` are in order of time. */
export function movesList(
  app: App,
  moves: readonly Mark[],
  texts: WhyTexts,
  t: Translate,
): TemplateResult {
  const { changes, title, earlier } = texts.moves;
  const newest = moves.slice(-LISTED).reverse();
  const more = moves.length - newest.length;
  return html`<section class="why node-moves" data-question="task_moves">
    <h3>${title}</h3>
    ${newest.length === 0 ? html`<p class="headline">${texts.moves.none}</p>` : html`<p class="headline">${filled(changes, moves.length)}</p>`}
    <ol>${newest.map((mark) => row(app, mark, texts, t))}</ol>
    ${more > 0 ? html`<p class="muted">${filled(earlier, more)}</p>` : nothing}
  </section>`;
}

function filled(text: string, count: number): string {
  return text.replace("{0}", formatCount(count));
}

/** A move: its time goes there and leaves the task selected, its cause opens the tests. */
function row(app: App, mark: Mark, { moves }: WhyTexts, t: Translate): TemplateResult {
  const { seq, tick, fromNode = 0, node = 0 } = mark;
  const time = formatSeconds(mark.timeMs);
  const cause = mark.says.replace("task_moved_", "");
  const nodes = [fromNode, node].map((value) => ({ kind: "node" as const, value }));
  return html`<li data-seq=${seq}>
    <button class="link num" aria-label=${`${time}: ${t("why.goThere", { tick: formatCount(tick) })}`}
      @click=${() => app.act(() => app.time.goTo(tick))}>${time}</button>
    <span>${sentence(moves.between, nodes, t)}</span>
    <button class="link cause" data-cause=${cause}
      @click=${() => app.act(() => app.select({ kind: "event", seq }))}>${moves.causes[cause] ?? cause}</button>
  </li>`;
}
