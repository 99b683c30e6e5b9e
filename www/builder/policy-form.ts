/** A memory policy: mode, nodes, flags. */

import { html, nothing, type TemplateResult } from "lit-html";
import { checkBox } from "../forms/check-box.ts";
import { FLAGS, MODES, takesNodes, withFlag } from "../forms/policy.ts";
import { type Around, problemLines, problemsWithin } from "./fields.ts";
import { type Path, pathText, valueAt } from "./json.ts";
import { nodeIdsOf } from "./machine.ts";
import { fieldId } from "./places.ts";
import { type PolicyParts, policyOf, policyParts, withMode } from "./policy.ts";

export function policyField(around: Around, path: Path): TemplateResult {
  const { app, builder, t } = around;
  const text = pathText(path);
  const id = fieldId(text);
  const { doc } = builder.state;
  const parts = policyParts(valueAt(doc, path));
  const problems = problemsWithin(around, text);
  const modes = ["", ...MODES, ...(isKnown(parts.mode) ? [] : [parts.mode])];
  const onMode = (event: Event): void => {
    const mode = modes[(event.target as HTMLSelectElement).selectedIndex] ?? "";
    app.act(() => builder.set(path, policyOf(withMode(parts, mode, nodeIdsOf(doc)))));
  };
  const select = html`<select id=${id} data-testid=${id} aria-invalid=${String(problems.length > 0)}
    aria-describedby=${problems.length > 0 ? `${id}-problem` : nothing} @change=${onMode}>${modes.map(
      (mode) =>
        html`<option value=${mode} .selected=${mode === parts.mode}>${mode === "" ? t("builder.policyNone") : mode}</option>`,
    )}</select>`;
  return html`<div class="b-policy">
    <label class="b-field"><span class="label" title=${text}>${t("builder.policy")}</span>${select}</label>
    ${takesNodes(parts.mode) ? policyRest(around, path, parts) : nothing}
    ${problemLines(around, text, problems)}</div>`;
}

function isKnown(mode: string): boolean {
  return mode === "" || MODES.some((known) => known === mode);
}

function policyRest(around: Around, path: Path, parts: PolicyParts): TemplateResult {
  const { app, builder, t } = around;
  const id = fieldId(pathText(path));
  const onNodes = (event: Event): void => {
    const nodes = (event.target as HTMLInputElement).value;
    app.act(() => builder.set(path, policyOf({ ...parts, nodes }), { isTyped: true }));
  };
  const flag = (name: string): TemplateResult =>
    checkBox(around, `${id}-${name}`, parts.flags.includes(name), name, () =>
      builder.set(path, policyOf(withFlag(parts, name))),
    );
  return html`<label class="b-field"><span class="label">${t("builder.policyNodes")}</span>
      <input class="num" data-testid="${id}-nodes" autocomplete="off" spellcheck="false" .value=${parts.nodes}
        @input=${onNodes} /></label>
    <span class="b-flags" role="group" aria-label=${t("builder.policyFlags")}>${FLAGS.map(flag)}</span>`;
}
