/** A part of the page that is fetched when it is first looked at. */
export class Late<Part> {
  /** Null until it has come. */
  part: Part | null = null;
  private isAsked = false;

  constructor(private readonly fetchPart: () => Promise<Part>) {}

  /** The part, if it is there. It is asked for once; then `onEnd` tells that it has come, or `onFail` why not. */
  get(onEnd: () => void, onFail: (thrown: unknown) => void): Part | null {
    if (!this.isAsked) this.ask(onEnd, onFail);
    return this.part;
  }

  /** Has it asked for again after a failure. */
  retry(): void {
    this.isAsked = this.part !== null;
  }

  private ask(onEnd: () => void, onFail: (thrown: unknown) => void): void {
    this.isAsked = true;
    this.fetchPart().then((part) => {
      this.part = part;
      onEnd();
    }, onFail);
  }
}
