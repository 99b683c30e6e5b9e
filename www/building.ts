/** Building scenarios and keeping them. Either part is fetched: when it is wanted, or after the first picture. */

import type { App } from "./app.ts";
import type { Builder } from "./builder/builder.ts";
import type { Start } from "./builder/state.ts";
import type { Translate } from "./i18n/index.ts";
import type { Keeping } from "./keeping/index.ts";

type BuilderModule = typeof import("./builder/index.ts");

export class Building {
  private module: BuilderModule | null = null;
  private builder: Builder | null = null;
  keeping: Keeping | null = null;

  constructor(private readonly app: App) {}

  /** Fetches what keeps the user's work. */
  keep(): void {
    import("./keeping/index.ts").then(
      ({ Keeping }) => this.app.act(() => this.begin(new Keeping(this.app))),
      (thrown: unknown) => this.app.missed(thrown),
    );
  }

  private begin(keeping: Keeping): void {
    this.keeping = keeping;
    keeping.begin();
    this.app.redraw();
  }

  open(start: Start): void {
    import("./builder/index.ts").then(
      (module) => this.app.act(() => this.show(module, start)),
      (thrown: unknown) => this.app.missed(thrown),
    );
  }

  private show(module: BuilderModule, start: Start): void {
    this.module = module;
    this.builder ??= new module.Builder(this.app);
    this.builder.open(start);
  }

  close(): void {
    this.builder?.close();
  }

  panel(t: Translate): unknown {
    if (this.module === null || this.builder === null) return null;
    return this.module.builderPanel({ app: this.app, builder: this.builder, t });
  }
}
