/** The draft as text: everything that the format has, also what the forms do not offer. */

import { html, nothing, type TemplateResult } from "lit-html";
import { type Around, button } from "./fields.ts";

export function textForm(around: Around): TemplateResult {
  const { app, builder, t } = around;
  const { broken, problems } = builder.state;
  const onInput = (event: Event): void => {
    const { value } = event.target as HTMLTextAreaElement;
    app.act(() => builder.setText(value));
  };
  return html`<p class="muted">${t("builder.textHow")}
      <a href="./docs/scenario-format.html" target="_blank" rel="noopener">${t("reading.format")}</a></p>
    <label class="area"><span class="label">${t("builder.textLabel")}</span>
      <textarea id="b-text" data-testid="b-text" rows="24" spellcheck="false" wrap="off"
        aria-invalid=${String(problems.length > 0)} aria-describedby="builder-problems"
        .value=${builder.source} @input=${onInput}></textarea></label>
    ${broken ? html`<div class="row">${button(around, "b-mend", t("builder.mend"), () => builder.mend())}</div>` : nothing}`;
}
