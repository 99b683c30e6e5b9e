/** The editor of a running machine. It is fetched when somebody first wants to change something. */

import type { TemplateResult } from "lit-html";
import type { App } from "./app.ts";
import type { Editor } from "./edit/editor.ts";
import type { Translate } from "./i18n/index.ts";

type EditModule = typeof import("./edit/index.ts");

export class Editing {
  private module: EditModule | null = null;
  private editor: Editor | null = null;
  private fetching = false;
  failed = false;

  constructor(private readonly app: App) {}

  /** Fetches the editor, unless it is there or on its way. */
  open(): void {
    if (this.fetching || this.failed) return;
    this.fetching = true;
    import("./edit/index.ts").then(
      (module) => this.app.act(() => this.begin(module)),
      () => this.app.act(() => this.giveUp()),
    );
  }

  private begin(module: EditModule): void {
    this.module = module;
    this.editor = new module.Editor(this.app);
  }

  /** The next `open` tries again after `retry`. */
  private giveUp(): void {
    this.fetching = false;
    this.failed = true;
    this.app.store.update({ edit: null });
    this.app.redraw();
  }

  retry(): void {
    this.failed = false;
    this.open();
    this.app.redraw();
  }

  /** What the editor shows; null while it is not there. */
  panel(t: Translate): TemplateResult | null {
    if (this.module === null || this.editor === null) return null;
    return this.module.editorPanel(this.app, this.editor, t);
  }

  /** The document before any edit; null if nothing was edited. */
  get opened(): string | null {
    return this.editor?.openedDocument ?? null;
  }

  /** Another scenario was opened. */
  reset(): void {
    this.editor?.reset();
  }

  undo(): void {
    this.editor?.undo();
  }

  redo(): void {
    this.editor?.redo();
  }
}
