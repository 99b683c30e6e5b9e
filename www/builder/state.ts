/** What the scenario builder keeps while it is open, and after it was closed. */

import type { Bilingual, Problem } from "../engine.ts";
import type { AnyProblem } from "../i18n/index.ts";
import type { Table } from "./json.ts";

export const SECTIONS = ["machine", "settings", "processes", "text"] as const;
export type Section = (typeof SECTIONS)[number];

/** What the builder opens with: something new, or what runs. */
export type Start = "new" | "running";

export interface BuilderState {
  readonly open: boolean;
  readonly doc: Table;
  /** The draft as typed in the text tab; null while the forms have the say. */
  readonly text: string | null;
  /** Whether `text` is something that the forms cannot show; they show what was before it. */
  readonly broken: boolean;
  /** The field that is being typed into, for "0." is no number yet. */
  readonly typing: { readonly path: string; readonly text: string } | null;
  readonly problems: readonly AnyProblem[];
  readonly section: Section;
  readonly process: number;
  readonly symmetric: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Whether anything differs from what was opened. */
  readonly changed: boolean;
  readonly numactl: string;
  readonly numactlProblems: readonly Problem[];
  /** What had to be assumed of the machine that was taken last. */
  readonly notes: readonly Bilingual[];
  /** A draft that was left behind when the page was closed. */
  readonly offered: string | null;
  /** Whether the browser keeps drafts. */
  readonly stored: boolean;
}
