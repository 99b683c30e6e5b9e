/** Puts a scenario together. The draft is a document like any other, checked by the engine at every change. */

import type { App } from "../app.ts";
import { isScenarioFailure, type Problem } from "../engine.ts";
import { formatCount } from "../format.ts";
import { UndoStack } from "../forms/undo.ts";
import { type AnyProblem, problemOf } from "../i18n/index.ts";
import { OPEN_MAX_CHARS } from "../opening.ts";
import { forget, keep, kept } from "../settings.ts";
import {
  type Json,
  type Path,
  pathOf,
  pathText,
  readTable,
  type Table,
  typedNumber,
  withValue,
  writeTable,
} from "./json.ts";
import {
  DISTANCES,
  type DistancePair,
  isSymmetric,
  numactlText,
  withDistance,
  withMachine,
  withMachineOf,
  withNodes,
} from "./machine.ts";
import type { MachineSpec } from "./machines.ts";
import { fieldId, sectionOf } from "./places.ts";
import { NEW_SCENARIO } from "./starting.ts";
import type { BuilderState, Section, Start } from "./state.ts";

const DRAFT = "hintfault.draft";
/** Drafts are written so long after the last change. */
const QUIET_MS = 400;

const CLOSED: BuilderState = {
  ...{ open: false, doc: NEW_SCENARIO, text: null, broken: false, typing: null, problems: [] },
  ...{ section: "machine", process: 0, symmetric: true, canUndo: false, canRedo: false },
  ...{ changed: false, numactl: "", numactlProblems: [], notes: [], offered: null, stored: true },
};

/** A draft as it is written: by the forms, or as a text that they may not be able to show. */
interface Draft {
  readonly doc: Table;
  readonly text: string | null;
  readonly broken: boolean;
}

export class Builder {
  private readonly undoStack = new UndoStack<Draft>();
  private openedText = "";
  /** The field of the last change: what is typed on there is one change. */
  private lastField: string | null = null;
  private wanted: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly app: App) {
    addEventListener("pagehide", () => this.keepDraft());
  }

  get state(): BuilderState {
    return this.app.store.state.builder ?? CLOSED;
  }

  private update(patch: Partial<BuilderState>): void {
    this.app.store.update({ builder: { ...this.state, ...patch } });
  }

  private get draft(): Draft {
    const { doc, text, broken } = this.state;
    return { doc, text, broken };
  }

  /** The draft as text, as it would be saved. */
  get source(): string {
    return sourceOf(this.state);
  }

  // Coming and going

  /** Opens with something new, or with what runs. */
  open(start: Start): void {
    const running = this.app.session.documentText;
    const doc =
      start === "new" || running === "" ? NEW_SCENARIO : (readTable(running) ?? NEW_SCENARIO);
    const left = this.leftBehind();
    this.begin({ doc, text: null, broken: false });
    this.update({ open: true, section: "machine", process: 0, offered: left });
    this.app.store.update({ dialog: "builder", playing: false });
  }

  /** A draft that was neither run nor thrown away, in this visit or an earlier one. */
  private leftBehind(): string | null {
    if (this.state.changed) return this.source;
    return kept(DRAFT);
  }

  private begin(draft: Draft): void {
    this.openedText = sourceOf(draft);
    this.undoStack.reset();
    this.lastField = null;
    this.show(draft);
    this.update({ symmetric: isSymmetric(draft.doc), changed: false });
  }

  close(): void {
    if (!this.state.open) return;
    this.keepDraft();
    this.update({ open: false });
    if (this.app.store.state.dialog === "builder") this.app.store.update({ dialog: null });
  }

  /** Goes on with the draft that was left behind. */
  takeOffered(): void {
    const { offered } = this.state;
    if (offered === null) return;
    this.update({ offered: null });
    this.setText(offered);
  }

  discardOffered(): void {
    if (!this.state.changed) forget(DRAFT);
    this.update({ offered: null });
  }

  /** Begins anew; undo brings back what was there. */
  startNew(): void {
    this.put({ doc: NEW_SCENARIO, text: null, broken: false }, null);
    this.update({ section: "machine", process: 0, symmetric: true });
  }

  run(): void {
    if (this.state.problems.length > 0) return this.goTo(this.state.problems[0]);
    try {
      this.app.opening.startDocument(this.source);
    } catch (thrown) {
      if (!isScenarioFailure(thrown)) throw thrown;
      return this.update({ problems: thrown.errors });
    }
    this.update({ open: false, changed: false, offered: null });
    this.app.store.update({ dialog: null });
    this.app.tutor?.leave();
    clearTimeout(this.timer);
    forget(DRAFT);
  }

  // Changes

  /** Whatever is done to the draft. Changes of one field in a row are one step of undo. */
  edit(change: (doc: Table) => Table, field: string | null = null): void {
    const doc = change(this.state.doc);
    if (doc === this.state.doc) return;
    this.put({ doc, text: null, broken: false }, field);
  }

  private put(draft: Draft, field: string | null): void {
    if (field === null || field !== this.lastField) this.undoStack.remember(this.draft);
    this.lastField = field;
    this.show(draft);
  }

  private show(draft: Draft): void {
    const source = sourceOf(draft);
    this.update({
      ...draft,
      ...{ problems: this.problemsOf(source), typing: null, changed: source !== this.openedText },
      ...{ canUndo: this.undoStack.canUndo, canRedo: this.undoStack.canRedo },
    });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.app.act(() => this.keepDraft()), QUIET_MS);
  }

  private problemsOf(source: string): readonly AnyProblem[] {
    if (source.length > OPEN_MAX_CHARS) return [tooLong(source)];
    return this.app.session.problemsOf(source);
  }

  undo(): void {
    this.step(this.undoStack.undo(this.draft));
  }

  redo(): void {
    this.step(this.undoStack.redo(this.draft));
  }

  private step(draft: Draft | null): void {
    if (draft === null) return;
    this.lastField = null;
    this.show(draft);
  }

  /** What was typed into a field for a number, a list, a size, a name. */
  type(path: Path, text: string, isNumber: boolean): void {
    const value = isNumber ? typedNumber(text) : text === "" ? undefined : text;
    this.set(path, value, { isTyped: true });
    this.update({ typing: { path: pathText(path), text } });
  }

  /** Writes a field; undefined takes it out. */
  set(path: Path, value: Json | undefined, { isTyped } = { isTyped: false }): void {
    const isNode = path[0] === "machine" && path[1] === "nodes";
    const field = isTyped ? pathText(path) : null;
    this.edit((doc) => withValue(isNode ? withNodes(doc) : doc, path, value), field);
  }

  /** What stands in the text tab. What the forms can show of it, they show. */
  setText(text: string): void {
    const doc = text.length > OPEN_MAX_CHARS ? null : readTable(text);
    this.put({ doc: doc ?? this.state.doc, text, broken: doc === null }, "text");
    if (doc !== null) this.update({ symmetric: isSymmetric(doc) });
  }

  /** Back to the last text that the forms could show. */
  mend(): void {
    const { doc } = this.state;
    this.put({ doc, text: null, broken: false }, null);
  }

  // The machine

  /** Puts the workload on another machine, place by place. */
  takeMachine({ nodes, distances }: MachineSpec): void {
    const { doc } = this.imported(numactlText(nodes, distances));
    this.edit((before) => withMachine(doc ?? before, nodes, distances));
    this.update({ symmetric: true, numactlProblems: [] });
  }

  /** The machine of what `numactl --hardware` printed. */
  takeNumactl(): void {
    const { doc, problems } = this.imported(this.state.numactl);
    this.update({ numactlProblems: problems });
    if (doc === null) return;
    this.edit(() => doc);
    this.update({ symmetric: isSymmetric(doc) });
  }

  /** The draft on another machine. A workload that cannot be moved stays as it is. */
  private imported(text: string): Imported {
    const moved = this.importedUnder(text, this.source);
    if (moved.doc !== null) return moved;
    const plain = this.importedUnder(text, writeTable(NEW_SCENARIO));
    if (plain.doc === null) return plain;
    return { ...plain, doc: withMachineOf(this.state.doc, plain.doc) };
  }

  private importedUnder(text: string, workload: string): Imported {
    try {
      const { document, notes } = this.app.session.fromNumactl(text, workload);
      this.update({ notes });
      return { doc: readTable(document), problems: [] };
    } catch (thrown) {
      if (!isScenarioFailure(thrown)) throw thrown;
      this.update({ notes: [] });
      return { doc: null, problems: thrown.errors };
    }
  }

  /** What was typed as a distance; both ways where the table is symmetric. */
  typeDistance(pair: DistancePair, value: Json, text: string): void {
    const path = pathText([...DISTANCES, pair.from, pair.to]);
    this.edit((doc) => withDistance(doc, pair, value), path);
    this.update({ typing: { path, text } });
  }

  setNumactl(numactl: string): void {
    this.update({ numactl, numactlProblems: [] });
  }

  setSymmetric(symmetric: boolean): void {
    this.update({ symmetric });
  }

  // Places

  choose(section: Section): void {
    this.update({ section });
  }

  chooseProcess(process: number): void {
    this.update({ process });
  }

  /** Shows the field that a problem is about, and gives it the focus. */
  goTo(problem: AnyProblem | undefined): void {
    if (problem === undefined) return;
    const [root, at] = pathOf(problem.path);
    const process = root === "processes" && typeof at === "number" ? at : this.state.process;
    const section = this.state.broken ? "text" : sectionOf(problem.path);
    this.wanted = problem.path;
    this.update({ section, process });
    this.app.redraw();
  }

  /** Called when everything is drawn: the nearest to the field that there is gets the focus. */
  focusWanted(): void {
    if (this.wanted === null) return;
    const path = pathOf(this.wanted);
    this.wanted = null;
    for (let length = path.length; length > 0; length -= 1) {
      const element = document.getElementById(fieldId(pathText(path.slice(0, length))));
      if (element !== null) return show(element);
    }
    document.getElementById("b-section-body")?.focus();
  }

  // Keeping

  /** Writes the draft where the browser keeps it, if it differs from what was opened. */
  private keepDraft(): void {
    clearTimeout(this.timer);
    const { changed, open } = this.state;
    if (!changed || !open) return;
    const stored = keep(DRAFT, this.source);
    if (stored !== this.state.stored) this.update({ stored });
  }
}

/** A document on another machine, or why there is none. */
interface Imported {
  readonly doc: Table | null;
  readonly problems: readonly Problem[];
}

function sourceOf({ doc, text }: Pick<Draft, "doc" | "text">): string {
  return text ?? writeTable(doc);
}

function tooLong({ length }: string): AnyProblem {
  const max = formatCount(OPEN_MAX_CHARS);
  return problemOf("openTooLong", { size: formatCount(length), max });
}

function show(element: HTMLElement): void {
  const details = element.closest("details");
  if (details !== null) details.open = true;
  element.focus();
  element.scrollIntoView({ block: "nearest" });
}
