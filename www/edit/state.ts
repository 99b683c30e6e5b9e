/** What the editor keeps in the page's store. */

import type { AnyProblem } from "../i18n/index.ts";
import type { PolicyDraft } from "./draft.ts";

/** What is being changed. */
export const SUBJECTS = ["memory", "task", "process", "machine"] as const;
export type Subject = (typeof SUBJECTS)[number];

/** The forms that something can be refused in. */
export type Form =
  | "policy"
  | "affinity"
  | "task"
  | "process"
  | "pause"
  | "sleep"
  | "migrate"
  | "move"
  | "mems"
  | "machine"
  | "weights"
  | "hold"
  | "list";

export interface EditState {
  /** The document that runs. */
  readonly document: string;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Later actions that the last edit left out. */
  readonly dropped: number;
  /** Why the last edit was not possible, and in which form. */
  readonly refused: { readonly form: Form; readonly problems: readonly AnyProblem[] } | null;
  /** The form whose edit was taken last, and the tick it holds from. */
  readonly applied: { readonly form: Form; readonly tick: number } | null;
  /** Actions that were added or taken out since the scenario was opened. */
  readonly changes: number;
  readonly subject: Subject;
  /** What the drafts below are of; they are forgotten when it changes. */
  readonly target: string;
  readonly policy: PolicyDraft;
  /** Fields as typed, by name; what was not touched is not here. */
  readonly fields: Readonly<Record<string, string>>;
  /** The last thing that was copied. */
  readonly copied: string | null;
}
