/** The builder: a view over the whole page. */

import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { ref } from "lit-html/directives/ref.js";
import { formatCount, formatPages } from "../format.ts";
import { type AnyProblem, problemText } from "../i18n/index.ts";
import { nodeChip } from "../panels/parts.ts";
import { tabBody, tabList } from "../panels/tab-list.ts";
import { titleOf } from "../session.ts";
import { type Around, button } from "./fields.ts";
import { summaryOf } from "./machine.ts";
import { machineForm } from "./machine-form.ts";
import { sectionOf } from "./places.ts";
import { processesForm } from "./process-form.ts";
import { settingsForm } from "./settings-form.ts";
import { SECTIONS, type Section } from "./state.ts";
import { textForm } from "./text-form.ts";
import "./builder.css";

const PAGE_BYTES = 4096;
/** Nodes in the small picture. */
const MAX_DRAWN = 8;
/** Problems that are listed; a hostile text may have a thousand. */
const MAX_PROBLEMS = 50;

export function builderPanel(around: Around): unknown {
  const { app, builder } = around;
  return guard([app.store.state.builder, app.store.state.language], () =>
    dialog(around, builder.state.open),
  );
}

function dialog(around: Around, open: boolean): TemplateResult {
  const { app, builder, t } = around;
  const follow = (element?: Element): void => {
    // At the first drawing the element is not part of the page yet.
    if (element instanceof HTMLDialogElement) queueMicrotask(() => showAs(element, open));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    app.act(() => builder.run());
  };
  return html`<dialog id="builder-dialog" class="builder" aria-labelledby="builder-title" ${ref(follow)}
    @keydown=${onKey} @close=${() => app.act(() => builder.close())}>
    ${open ? html`${head(around)} ${tabs(around)} ${body(around)} ${foot(around)}` : nothing}
    <span hidden ${ref(() => builder.focusWanted())}></span>
    <h2 id="builder-title" class="hidden">${t("builder.title")}</h2>
  </dialog>`;
}

function showAs(element: HTMLDialogElement, open: boolean): void {
  if (!element.isConnected || element.open === open) return;
  if (open) element.showModal();
  else element.close();
}

function head(around: Around): TemplateResult {
  const { app, builder, t } = around;
  const { canUndo, canRedo, offered, stored } = builder.state;
  return html`<div class="b-head">
      <p class="b-title" aria-hidden="true">${t("builder.title")}</p>
      ${button(around, "b-new", t("builder.new"), () => builder.startNew())}
      ${button(around, "b-undo", t("edit.undo"), () => builder.undo(), { isOff: !canUndo })}
      ${button(around, "b-redo", t("edit.redo"), () => builder.redo(), { isOff: !canRedo })}
      ${button(around, "b-save", t("builder.save"), () => app.building.keeping?.save(builder.source))}
      <span class="spacer"></span>
      <button type="button" data-testid="b-close" @click=${() => app.act(() => builder.close())}>${t("close")}</button>
      <button type="button" class="primary" data-testid="b-run" aria-keyshortcuts="Control+Enter"
        title="Ctrl+Enter" @click=${() => app.act(() => builder.run())}>${t("builder.run")}</button>
    </div>
    ${offered === null ? nothing : offer(around, offered)}
    ${drawing(around)}
    <p class="muted b-stays">${t(stored ? "builder.stays" : "builder.notStored")}</p>`;
}

function offer(around: Around, text: string): TemplateResult {
  const { app, builder, t } = around;
  const title = titleOf(text)?.[app.store.state.language] ?? t("ownScenario");
  return html`<div class="row b-offer" role="status"><span>${t("builder.offer", { title })}</span>
    ${button(around, "b-offer-take", t("builder.offerTake"), () => builder.takeOffered())}
    ${button(around, "b-offer-discard", t("builder.discard"), () => builder.discardOffered())}</div>`;
}

/** A small picture of the machine, and how much there is of everything. */
function drawing({ builder, t }: Around): TemplateResult {
  const summary = summaryOf(builder.state.doc);
  const node = ({ id, cpus, bytes }: (typeof summary.nodes)[number]): TemplateResult =>
    html`<li class="b-node">${nodeChip(id, t)}
      <span class="num">${t("builder.cpus", { count: formatCount(cpus) })}</span><span class="num">${formatPages(bytes / PAGE_BYTES)}</span></li>`;
  const memory = summary.nodes.reduce((sum, { bytes }) => sum + bytes, 0);
  const share = memory === 0 ? 0 : Math.min(100, (100 * summary.regionBytes) / memory);
  return html`<div class="b-drawing" data-testid="b-drawing"><ul>${summary.nodes.slice(0, MAX_DRAWN).map(node)}${summary.nodes.length > MAX_DRAWN ? html`<li class="b-node num">+ ${formatCount(summary.nodes.length - MAX_DRAWN)}</li>` : nothing}</ul>
    <div class="b-amounts"><p class="num">${t("builder.summary", {
      processes: formatCount(summary.processes),
      threads: formatCount(summary.threads),
      regions: formatPages(summary.regionBytes / PAGE_BYTES),
      memory: formatPages(memory / PAGE_BYTES),
    })}</p>
    <span class="bar" aria-hidden="true"><i class="b-filled" style="flex:0 0 ${share}%"></i></span></div></div>`;
}

function tabs({ app, builder, t }: Around): TemplateResult {
  const { section, problems } = builder.state;
  const titleOfTab = (name: Section): string => {
    const title = t(`builder.section_${name}`);
    const count = problems.filter(({ path }) => sectionOf(path) === name).length;
    return count === 0 ? title : t("builder.wrongIn", { name: title, count: formatCount(count) });
  };
  return tabList(app, {
    id: "b-section",
    label: t("builder.sections"),
    tabs: SECTIONS.map((name) => ({ name, title: titleOfTab(name) })),
    chosen: section,
    choose: (name) => builder.choose(name),
  });
}

function body(around: Around): TemplateResult {
  const { builder, t } = around;
  const { section, broken } = builder.state;
  const isOff = broken && section !== "text";
  return tabBody(
    "b-section",
    section,
    html`${isOff ? html`<p class="problem" role="status">${t("builder.broken")}</p>` : nothing}
      <fieldset ?disabled=${isOff}>${form(around, section)}</fieldset>`,
  );
}

function form(around: Around, section: Section): TemplateResult {
  switch (section) {
    case "machine":
      return machineForm(around);
    case "settings":
      return settingsForm(around);
    case "processes":
      return processesForm(around);
    case "text":
      return textForm(around);
  }
}

/** Everything that is wrong, each with a way to its field. */
function foot(around: Around): TemplateResult {
  const { builder, t } = around;
  const { problems } = builder.state;
  const more = problems.length - MAX_PROBLEMS;
  if (problems.length === 0)
    return html`<div class="b-foot" id="builder-problems" data-testid="b-problems"><p role="status">${t("builder.fine")}</p></div>`;
  return html`<div class="b-foot wrong" id="builder-problems" data-testid="b-problems">
    <p role="status">${t("builder.wrong", { count: formatCount(problems.length) })}</p>
    <ul>${problems.slice(0, MAX_PROBLEMS).map((problem) => problemLink(around, problem))}
      ${more > 0 ? html`<li>+ ${formatCount(more)}</li>` : nothing}</ul></div>`;
}

function problemLink({ app, builder, t }: Around, problem: AnyProblem): TemplateResult {
  const { language } = app.store.state;
  return html`<li><button type="button" class="link code" @click=${() => app.act(() => builder.goTo(problem))}>${problem.path || t("wholeText")}</button>
    ${problemText(problem, language)}</li>`;
}
