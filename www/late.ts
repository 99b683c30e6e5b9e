/** A part of the page that is fetched when it is first looked at. */
export class Late<Part> {
  /** Null until it has come. */
  part: Part | null = null;
  private isAsked = false;

  constructor(private readonly fetchPart: () => Promise<Part>) {}

  /** The part, if it is there; `onEnd` tells when it has come. After a failure it is asked for again. */
  get(onEnd: () => void): Part | null {
    if (this.part === null && !this.isAsked) this.ask(onEnd);
    return this.part;
  }

  private ask(onEnd: () => void): void {
    this.isAsked = true;
    this.fetchPart().then(
      (part) => {
        this.part = part;
        onEnd();
      },
      () => {
        this.isAsked = false;
      },
    );
  }
}
