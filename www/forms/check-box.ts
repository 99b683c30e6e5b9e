import { html, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { App } from "../app.ts";

/** A check box with words behind it. */
export function checkBox(
  { app }: { readonly app: App },
  id: string,
  checked: boolean,
  words: unknown,
  toggle: () => void,
): TemplateResult {
  return html`<label class="check"><input type="checkbox" data-testid=${id} .checked=${live(checked)}
    @change=${() => app.act(toggle)} /><span>${words}</span></label>`;
}
