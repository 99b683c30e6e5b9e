/** Lists of the document whose items can be added, moved, copied and removed. */

import { html, type TemplateResult } from "lit-html";
import { formatCount } from "../format.ts";
import type { Key } from "../i18n/index.ts";
import { type Around, button, type ItemActions, itemButtons, wholeProblems } from "./fields.ts";
import {
  fieldText,
  type Json,
  listAt,
  type Path,
  pathText,
  valueAt,
  withItem,
  withMoved,
  withValue,
} from "./json.ts";
import { fieldId } from "./places.ts";
import { copyOf } from "./starting.ts";

/** More items of one list are not drawn; they can be edited as text. */
const MAX_SHOWN = 64;

interface ListLook {
  readonly path: Path;
  readonly title: Key;
  readonly add: Key;
  /** What an item is called where it has no name. */
  readonly noun: Key;
  readonly fresh: () => Json;
  readonly item: (path: Path, item: Json) => unknown;
}

/** One card for each item, and a button for one more. */
export function itemList(around: Around, look: ListLook): TemplateResult {
  const { builder, t } = around;
  const { path } = look;
  const items = listAt(builder.state.doc, path);
  const id = fieldId(pathText(path));
  const add = (): void => builder.edit((doc) => withItem(doc, path, items.length, look.fresh()));
  return html`<section class="b-list" aria-labelledby="${id}-title">
    <h3 id="${id}-title">${t(look.title)}</h3>
    ${wholeProblems(around, path)}
    <ul>${items.slice(0, MAX_SHOWN).map((item, at) => card(around, look, item, at, items.length))}</ul>
    ${items.length > MAX_SHOWN ? html`<p class="muted">${t("builder.notShown", { count: formatCount(items.length - MAX_SHOWN) })}</p>` : ""}
    <div class="row">${button(around, `${id}-add`, t(look.add), add)}</div>
  </section>`;
}

/** Moving, copying and removing the item at a place; `copied` makes the copy. */
export function itemActions(
  { builder }: Around,
  path: Path,
  at: number,
  copied: (item: Json, others: readonly Json[]) => Json = copyOf,
): ItemActions {
  return {
    move: (to) => builder.edit((doc) => withMoved(doc, path, at, to)),
    copy: () =>
      builder.edit((doc) => {
        const items = listAt(doc, path);
        const item = items[at];
        return item === undefined ? doc : withItem(doc, path, at + 1, copied(item, items));
      }),
    remove: () => builder.edit((doc) => withValue(doc, [...path, at], undefined)),
  };
}

function card(
  around: Around,
  look: ListLook,
  item: Json,
  at: number,
  count: number,
): TemplateResult {
  const { t } = around;
  const { path } = look;
  const own = [...path, at];
  const name = fieldText(valueAt(item, ["name"])) || t(look.noun, { number: at + 1 });
  const actions = itemActions(around, path, at);
  return html`<li class="b-card" id=${fieldId(pathText(own))} tabindex="-1" aria-label=${name}>
    <div class="b-card-head"><b class="num">${at + 1}</b>${itemButtons(around, path, { at, count, name }, actions)}</div>
    ${wholeProblems(around, own)}
    ${look.item(own, item)}
  </li>`;
}
