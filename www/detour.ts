/** Leads the focus into what opens, and back when that closes. */

export class Detour {
  private from: Element | null = null;

  enter(into: HTMLElement): void {
    if (document.activeElement === into) return;
    this.from = document.activeElement;
    into.focus();
  }

  /** To where it was; where nothing was, or is no more, to the button that opens the same again. */
  leave(opener: string): void {
    const { from } = this;
    this.from = null;
    if (from instanceof HTMLElement) from.focus();
    if (from === document.body || document.activeElement !== from)
      document.querySelector<HTMLElement>(`[data-testid=${opener}]`)?.focus();
  }
}
