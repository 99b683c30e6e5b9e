/** Changes to a running machine. Each becomes an action of the scenario at the moment of the edit. */

import type { App } from "../app.ts";
import { type Bilingual, type EditPreview, isScenarioFailure } from "../engine.ts";
import { UndoStack } from "../forms/undo.ts";
import type { AnyProblem } from "../i18n/index.ts";
import { titleOf } from "../session.ts";
import {
  changesSince,
  type Now,
  type Operation,
  plannedIn,
  readDocument,
  timeOf,
  withOperations,
  withoutAction,
} from "./document.ts";
import { FRESH_DRAFT, type PolicyDraft } from "./draft.ts";
import type { EditState, Form, Subject } from "./state.ts";

/** A whole document and the tick at which one stood. */
interface Moment {
  readonly document: string;
  readonly tick: number;
}

/** What the scenario was when it was opened. */
interface Opened {
  readonly document: string;
  readonly presetId: string | null;
  readonly ownTitle: Bilingual | null;
  readonly planned: ReadonlySet<string>;
}

export class Editor {
  private readonly undoStack = new UndoStack<Moment>();
  private opened: Opened;

  constructor(private readonly app: App) {
    this.opened = this.openedNow();
    this.app.store.update({ edit: this.freshState() });
  }

  /** Another scenario was opened; its past is not ours. */
  reset(): void {
    this.undoStack.reset();
    this.opened = this.openedNow();
    this.app.store.update({ edit: this.freshState() });
  }

  private openedNow(): Opened {
    const { presetId, ownTitle } = this.app.store.state;
    const document = this.app.session.documentText;
    return { document, presetId, ownTitle, planned: plannedIn(document) };
  }

  private freshState(): EditState {
    return {
      ...{ document: this.app.session.documentText, canUndo: false, canRedo: false, dropped: 0 },
      ...{ refused: null, applied: null, changes: 0, subject: "memory", target: "" },
      ...{ policy: FRESH_DRAFT, fields: {}, copied: null },
    };
  }

  /** The document before any edit. */
  get openedDocument(): string {
    return this.opened.document;
  }

  get state(): EditState {
    return this.app.store.state.edit ?? this.freshState();
  }

  private update(patch: Partial<EditState>): void {
    this.app.store.update({ edit: { ...this.state, ...patch } });
  }

  /** The tick from which on an edit made now takes effect: within a tick, that is the next one. */
  get effectTick(): number {
    const { midTick } = this.app.store.state;
    return (this.now()?.tick ?? 0) + (midTick ? 1 : 0);
  }

  /** Where the run stands, or is just going. */
  now(): Now | null {
    const clock = this.app.session.playground?.clock();
    if (clock === undefined) return null;
    const { job } = this.app.store.state;
    if (job?.kind !== "tick") return clock;
    const uptimeMs = readDocument(this.app.session.documentText).machine?.uptime_ms;
    const nowMs = timeOf({ at_tick: job.target }, clock.tickMs, uptimeMs);
    return { tick: job.target, nowMs, tickMs: clock.tickMs };
  }

  // Edits

  /** Does something from now on. What is wrong with it is shown in its form. */
  apply(form: Form, operations: readonly Operation[]): void {
    const now = this.now();
    if (now === null || operations.length === 0) return;
    const { planned } = this.opened;
    const text = this.app.session.documentText;
    const edited = withOperations(text, now, this.effectTick, operations, planned);
    this.edit(form, edited.text, now.tick, edited.dropped);
  }

  /** What such an edit would come to; null while nothing runs. Throws a `ScenarioFailure`. */
  preview(operations: readonly Operation[], pages: number): EditPreview | null {
    const now = this.now();
    const playground = this.app.session.playground;
    if (now === null || playground === null) return null;
    const { planned } = this.opened;
    const tick = this.effectTick;
    const text = this.app.session.documentText;
    const edited = withOperations(text, now, tick, operations, planned).text;
    return playground.previewEdit(edited, tick, operations.length, pages);
  }

  /** Takes an action out of the run, whether it lies ahead or behind. */
  remove(index: number): void {
    const now = this.now();
    if (now === null) return;
    this.edit("list", withoutAction(this.app.session.documentText, index), now.tick, 0);
  }

  private edit(form: Form, document: string, tick: number, dropped: number): void {
    const effect = this.effectTick;
    const before: Moment = { document: this.app.session.documentText, tick };
    try {
      this.put({ document, tick });
    } catch (thrown) {
      if (!isScenarioFailure(thrown)) throw thrown;
      return this.update({ refused: { form, problems: thrown.errors } });
    }
    this.undoStack.remember(before);
    this.settle(dropped);
    if (form !== "list") this.update({ applied: { form, tick: effect } });
  }

  undo(): void {
    this.step((present) => this.undoStack.undo(present));
  }

  redo(): void {
    this.step((present) => this.undoStack.redo(present));
  }

  private step(choose: (present: Moment) => Moment | null): void {
    const now = this.now();
    if (now === null) return;
    const moment = choose({ document: this.app.session.documentText, tick: now.tick });
    if (moment === null) return;
    this.put(moment);
    this.settle(0);
  }

  private settle(dropped: number): void {
    const { canUndo, canRedo } = this.undoStack;
    const document = this.app.session.documentText;
    const { presetId, ownTitle, planned } = this.opened;
    const changes = changesSince(planned, document);
    this.update({ document, canUndo, canRedo, dropped, changes });
    this.update({ refused: null, applied: null, fields: {} });
    const isOpened = document === this.opened.document;
    const title = isOpened ? ownTitle : titleOf(document);
    this.app.store.update({ presetId: isOpened ? presetId : null, ownTitle: title });
  }

  /** Puts a document in the place of the one that runs, and goes to a tick. */
  private put({ document, tick }: Moment): void {
    const { playing } = this.app.store.state;
    const stood = this.app.session.playground?.clock().tick;
    const moved = this.app.session.replace(document);
    this.app.time.arrive(moved || tick !== stood ? tick : null);
    const { job, selection } = this.app.store.state;
    if (job !== null) return;
    // What is selected may be gone.
    if (selection !== null) this.app.select(selection);
    if (playing) this.app.store.update({ playing });
  }

  // What is being put together

  choose(subject: Subject, policy: PolicyDraft): void {
    this.update({ subject, policy, refused: null, applied: null, fields: {} });
  }

  /** Begins anew where something else is selected than the drafts are of. */
  aim(target: string, subject: Subject, policy: PolicyDraft): void {
    if (this.state.target === target) return;
    this.update({
      target,
      subject,
      policy,
      refused: null,
      applied: null,
      fields: {},
      copied: null,
    });
  }

  /** Changes the draft as it is when the change is made, which may be later than when it was drawn. */
  draft(change: (policy: PolicyDraft) => PolicyDraft): void {
    this.update({ policy: change(this.state.policy), refused: null, applied: null });
  }

  /** Changes what stands in a field now; `start` stands there before anybody typed. */
  changeField(name: string, start: string, change: (text: string) => string): void {
    this.setField(name, change(this.state.fields[name] ?? start));
  }

  setField(name: string, text: string): void {
    this.update({ fields: { ...this.state.fields, [name]: text }, refused: null, applied: null });
  }

  refuse(form: Form, problems: readonly AnyProblem[]): void {
    this.update({ refused: { form, problems } });
  }

  copied(text: string | null): void {
    this.update({ copied: text });
  }
}
