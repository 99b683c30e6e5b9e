/** What "next" may mean: a kind of event, or one that turned out in a certain way. */

import type { Key } from "./i18n/index.ts";
import type { Wanted } from "./runner.ts";
import { pageOf, type Selection } from "./selection.ts";

/** Ways to search that are more than a kind of event, and what each looks for. */
export const SPECIAL_NEXT: readonly { id: string; name: Key; needsPage: boolean }[] = [
  { id: "migration", name: "timeline.nextMigration", needsPage: false },
  { id: "refusal", name: "timeline.nextRefusal", needsPage: false },
  { id: "page-moves", name: "timeline.nextPageMoves", needsPage: true },
];

/** The events at which a search ends. */
export function wantedOf(choice: string, selection: Selection | null): Wanted {
  if (choice === "") return { kinds: [] };
  if (choice === "migration") return { kinds: ["hint_fault"], verdict: "migrated" };
  if (choice === "refusal") return { kinds: ["action_applied"], refused: true };
  if (choice !== "page-moves") return { kinds: [choice] };
  const page = pageOf(selection);
  const moves = { kinds: ["hint_fault"], verdict: "migrated" };
  return page === null ? moves : { ...moves, page };
}
