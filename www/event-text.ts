/** Events as sentences: the simulator gives ids and values, the catalogues give the words. */

import type { EngineEvent } from "./engine.ts";
import { formatCount } from "./format.ts";
import { fill, type Key, type Translate } from "./i18n/index.ts";

/** What happened, in the reader's language. Numbers are counts; text stays as it is. */
export function eventText(
  { says, values }: Pick<EngineEvent, "says" | "values">,
  t: Translate,
): string {
  const shown = values.map((value) => (typeof value === "number" ? formatCount(value) : value));
  return fill(t(`event.${says}` as Key), Object.fromEntries(shown.entries()));
}
