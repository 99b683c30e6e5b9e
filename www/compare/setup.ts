/** What is compared: the choice, in words, and as a change of the document. */

import { html, nothing, type TemplateResult } from "lit-html";
import { problemText, type Translate } from "../i18n/index.ts";
import { type Change, KNOB_LIMITS, readCompared } from "./change.ts";
import type { Comparison } from "./comparison.ts";
import { changeOf, type Form, isKnob, TOPICS, type Topic } from "./form.ts";
import type { Difference } from "./patch.ts";

/** Fields that are listed; another scenario may differ in thousands. */
const MAX_FIELDS = 200;

export function setup(comparison: Comparison, t: Translate): TemplateResult {
  const { form } = comparison;
  return html`<form class="cmp-setup row" @submit=${(event: Event) => submit(comparison, event)}>
      <label class="row"><span class="label">${t("compare.what")}</span>
        <select data-testid="compare-what" @change=${(event: Event) => onTopic(comparison, event)}>
          ${topics(comparison).map(
            (topic) => html`<option value=${topic} .selected=${topic === form.topic}>
              ${topicWords(comparison, topic, t)}</option>`,
          )}</select></label>
      ${details(comparison, form, t)}
    </form>
    ${problems(comparison)}`;
}

function topics({ app }: Comparison): readonly Topic[] {
  const { opened } = app.editing;
  const isEdited = opened !== null && opened !== app.session.documentText;
  return TOPICS.filter((topic) => topic !== "opened" || isEdited);
}

function topicWords({ documents }: Comparison, topic: Topic, t: Translate): string {
  if (isKnob(topic)) return topic;
  if (topic !== "balancing") return t(`compare.topic_${topic}`);
  return t(documents.isBalancing ? "compare.balancingOff" : "compare.balancingOn");
}

/** What needs nothing typed takes effect at once; the others begin with what is in force. */
function onTopic(comparison: Comparison, event: Event): void {
  const { value } = event.target as HTMLSelectElement;
  const topic = TOPICS.find((topic) => topic === value) ?? "balancing";
  comparison.app.act(() => {
    comparison.changeForm({ topic, ...startOf(comparison, topic) });
    if (!isKnob(topic) && topic !== "document") apply(comparison);
  });
}

function startOf({ app, form }: Comparison, topic: Topic): Partial<Form> {
  const text = app.session.documentText;
  if (topic === "document") return { text: form.text === "" ? text : form.text };
  if (!isKnob(topic)) return {};
  const said = readCompared(text).kernel?.[topic];
  return { value: `${said ?? KNOB_LIMITS[topic].initial}` };
}

function submit(comparison: Comparison, event: Event): void {
  event.preventDefault();
  comparison.app.act(() => apply(comparison));
}

function apply(comparison: Comparison): void {
  const change = changeOf(comparison.form);
  if ("problem" in change) return comparison.refuse(change.problem);
  comparison.choose(change);
}

function details(
  comparison: Comparison,
  form: Form,
  t: Translate,
): TemplateResult | typeof nothing {
  if (isKnob(form.topic)) return knobField(comparison, form.topic, t);
  if (form.topic === "document") return textField(comparison, form, t);
  if (form.topic === "policy")
    return choice(comparison, "policy", policies(comparison), (policy) => policy, t);
  if (form.topic !== "memory") return nothing;
  const words = (node: string): string =>
    node === "all" ? t("compare.allNodes") : t("node", { id: node });
  return choice(comparison, "node", ["all", ...comparison.documents.nodes.map(String)], words, t);
}

function policies({ documents, form }: Comparison): readonly string[] {
  const { nodes } = documents;
  const all = nodes.join(",");
  const several = ["default", `interleave:${all}`, `bind=balancing:${all}`];
  const single = nodes.flatMap((node) => [`bind:${node}`, `prefer:${node}`]);
  return [...new Set([...several, ...single, form.policy])];
}

function choice(
  comparison: Comparison,
  field: "policy" | "node",
  values: readonly string[],
  words: (value: string) => string,
  t: Translate,
): TemplateResult {
  const onChange = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    comparison.app.act(() => {
      comparison.changeForm({ [field]: value });
      apply(comparison);
    });
  };
  return html`<select data-testid="compare-${field}" aria-label=${t(`compare.topic_${field === "node" ? "memory" : "policy"}`)}
    @change=${onChange}>${values.map(
      (value) =>
        html`<option value=${value} .selected=${value === comparison.form[field]}>${words(value)}</option>`,
    )}</select>`;
}

function knobField(comparison: Comparison, knob: string, t: Translate): TemplateResult {
  const onInput = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    comparison.app.act(() => comparison.changeForm({ value }));
  };
  const isWrong = comparison.problems.length > 0;
  return html`<span class="joined"><input class="num" data-testid="compare-value" inputmode="numeric"
      autocomplete="off" aria-label=${knob} aria-invalid=${String(isWrong)}
      aria-describedby="compare-problems" .value=${comparison.form.value} @input=${onInput} />
    <button class=${comparison.isPending ? "primary" : ""} data-testid="compare-apply">${t("compare.apply")}</button></span>`;
}

function textField(comparison: Comparison, { text }: Form, t: Translate): TemplateResult {
  const onInput = (event: Event): void => {
    const { value } = event.target as HTMLTextAreaElement;
    comparison.app.act(() => comparison.changeForm({ text: value }));
  };
  return html`<label class="area cmp-text"><span class="label">${t("compare.text")}</span>
      <textarea data-testid="compare-text" rows="6" spellcheck="false" .value=${text}
        aria-describedby="compare-problems" @input=${onInput}></textarea></label>
    <button class=${comparison.isPending ? "primary" : ""} data-testid="compare-apply">${t("compare.apply")}</button>`;
}

function problems({ problems, app }: Comparison): TemplateResult {
  const { language } = app.store.state;
  const lines = problems
    .slice(0, MAX_FIELDS)
    .map(
      (problem) =>
        html`<li><b class="code">${problem.path}</b> ${problemText(problem, language)}</li>`,
    );
  return html`<div id="compare-problems" data-testid="compare-problems" role="alert">${
    problems.length > 0 ? html`<ul class="errors">${lines}</ul>` : nothing
  }</div>`;
}

/** The change in a few words. */
export function changeWords(comparison: Comparison, change: Change, t: Translate): string {
  switch (change.kind) {
    case "balancing":
      return topicWords(comparison, "balancing", t);
    case "knob":
      return `${change.knob} = ${change.value}`;
    case "policy":
      return t("compare.isPolicy", { policy: change.policy });
    case "memory":
      return change.node === "all"
        ? t("compare.isSpread")
        : t("compare.isMemory", { node: change.node });
    case "document":
      return (
        comparison.documents.otherTitle?.[comparison.app.store.state.language] ?? t("ownScenario")
      );
    default:
      return t(`compare.topic_${change.kind}`);
  }
}

/** The change as fields of the document. */
export function patchList({ documents }: Comparison, t: Translate): TemplateResult {
  const all = documents.differences;
  if (all.length === 0)
    return html`<p class="muted" data-testid="compare-patch">${t("compare.same")}</p>`;
  const value = (json: string | null): string => json ?? t("compare.unsaid");
  const line = ({ path, from, to }: Difference): TemplateResult =>
    html`<li><span class="code">${path}</span>: <span class="code">${value(from)}</span> → <b class="code">${value(to)}</b></li>`;
  const only = all[0];
  if (all.length === 1 && only !== undefined)
    return html`<ul class="cmp-patch" data-testid="compare-patch">${line(only)}</ul>`;
  return html`<details data-testid="compare-patch"><summary>${t("compare.fields", { count: all.length })}</summary>
    <ul class="cmp-patch">${all.slice(0, MAX_FIELDS).map(line)}</ul></details>`;
}
