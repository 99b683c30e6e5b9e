/** Two runs side by side. What shows them is fetched when somebody first compares. */

import type { App } from "./app.ts";
import type { Comparison } from "./compare/comparison.ts";
import type { Runs } from "./runner.ts";

export class Comparing {
  private comparison: Comparison | null = null;

  constructor(private readonly app: App) {}

  private get shown(): Comparison | null {
    return this.app.store.state.comparing ? this.comparison : null;
  }

  /** Both runs on one clock; null while only one is there. */
  get pair(): Runs | null {
    return this.shown?.pair ?? null;
  }

  /** The document that is compared with the one that runs. */
  get other(): string | undefined {
    return this.shown?.sharedText;
  }

  toggle(): void {
    if (this.app.store.state.comparing) this.close();
    else this.open(undefined, () => this.app.act(() => this.comparison?.takeFocus()));
  }

  /** Compares with a document, or with the change that was chosen last. */
  open(other?: string, then?: () => void): void {
    // Asked for here: a part that fetches another one has Firefox fetch the page's own code in vain.
    Promise.all([import("./compare/comparison.ts"), import("./timeline/timeline.ts")]).then(
      ([{ Comparison }, tools]) =>
        this.app.act(() => {
          const comparison = this.comparison ?? new Comparison(this.app, tools);
          this.comparison = comparison;
          this.app.store.update({ comparing: true });
          comparison.begin(other);
          then?.();
        }),
      (thrown: unknown) => {
        this.app.missed(thrown);
        if (then !== undefined) this.app.act(then);
      },
    );
  }

  close(): void {
    if (!this.app.store.state.comparing) return;
    this.comparison?.end();
    this.app.canvases.forget();
    this.app.store.update({ comparing: false });
    this.comparison?.returnFocus();
  }

  /** Takes note of another document, before anything is drawn. */
  sync(): void {
    this.shown?.sync();
  }

  /** Draws both runs; whether there was something to draw. */
  draw(): boolean {
    this.shown?.draw();
    return this.shown !== null;
  }
}
