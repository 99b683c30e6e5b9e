/** Where scenarios come from and go to: presets, texts, links. */

import type { App } from "./app.ts";
import { Detour } from "./detour.ts";
import { isScenarioFailure, type Playground, type Shared } from "./engine.ts";
import { formatCount } from "./format.ts";
import { pack, unpack } from "./fragment.ts";
import { type AnyProblem, problemOf } from "./i18n/index.ts";
import { copyText, LinkKeeper } from "./link.ts";
import { isNumactl } from "./numactl.ts";
import { decodeSelection, encodeSelection } from "./selection.ts";
import { type Session, titleOf } from "./session.ts";
import { message, type Store } from "./store.ts";
import { FRAGMENT_MAX_CHARS } from "./url.ts";

/** The scrubber shows at least this much time. */
const FIRST_HORIZON_MS = 10_000;
/** Text that the open dialog takes. */
export const OPEN_MAX_CHARS = 1_048_576;

export function tooLong(size: number): AnyProblem {
  return problemOf("openTooLong", { size: formatCount(size), max: formatCount(OPEN_MAX_CHARS) });
}

export class Opening {
  private readonly link: LinkKeeper;
  private readonly store: Store;
  private readonly session: Session;
  /** The link that is being unpacked. */
  private unpacking: string | null = null;
  private restoring = false;
  /** Where the focus was before it went to the link. */
  readonly aside = new Detour();

  constructor(private readonly app: App) {
    this.store = app.store;
    this.session = app.session;
    this.link = new LinkKeeper((hash) => app.act(() => this.openFragment(hash)));
  }

  /** Whether the page was opened without a link. */
  readonly isFresh = location.hash === "";

  /** Whether a link is still being brought to its tick. */
  get isRestoring(): boolean {
    return this.restoring;
  }

  /** What a link asked for is reached, or given up. */
  settle(): void {
    this.restoring = false;
  }

  /** Opens the scenario of a link, or the default one. */
  begin(fragment: string): void {
    if (fragment === "") return this.startPreset(this.session.presets[0]?.id ?? "");
    this.openFragment(fragment);
  }

  startPreset(id: string): void {
    const preset = this.session.presets.find((preset) => preset.id === id);
    if (preset === undefined) return;
    this.start(preset.document);
    this.store.update({ presetId: id, ownTitle: null });
    this.app.editing.reset();
  }

  private start(document: string): void {
    this.session.start(document);
    this.unpacking = null;
    this.restoring = false;
    this.app.time.reset();
    this.app.invalidate();
    const tickMs = this.session.playground?.clock().tickMs ?? 1;
    this.store.update({
      ...{ crashedAt: null, playing: false, job: null, midTick: false, message: null, share: null },
      ...{ selection: null, hover: null, why: null, zoom: null, process: 0, baseline: {} },
      ...{ cursor: null, openNode: null, offer: null },
      horizonTick: Math.ceil(FIRST_HORIZON_MS / tickMs),
    });
  }

  /** Starts a document that is no preset. */
  startDocument(document: string): void {
    this.start(document);
    const presetId = this.session.presetOfDocument();
    const ownTitle = presetId === null ? titleOf(this.session.documentText) : null;
    this.store.update({ presetId, ownTitle });
    this.app.editing.reset();
  }

  private openFragment(fragment: string): void {
    if (fragment.length > FRAGMENT_MAX_CHARS) {
      const max = formatCount(FRAGMENT_MAX_CHARS);
      return this.refuseLink([problemOf("messageLinkTooLong", { max })]);
    }
    this.unpacking = fragment;
    this.restoring = true;
    unpack(fragment).then((body) => this.app.act(() => this.openBody(fragment, body)));
  }

  /** Opens what was in a link, unless something else was opened since. */
  private openBody(fragment: string, body: string): void {
    if (this.unpacking !== fragment) return;
    try {
      this.resume(this.session.readFragment(fragment, body));
    } catch (thrown) {
      if (!isScenarioFailure(thrown)) throw thrown;
      this.refuseLink(thrown.errors);
    }
  }

  /** Starts a document and goes where it stood. Throws a `ScenarioFailure`. */
  resume(shared: Shared): void {
    this.startDocument(shared.document);
    this.app.select(decodeSelection(shared.selection));
    if (shared.other === null) return this.arrive(shared);
    const { revision } = this.session;
    this.restoring = true;
    this.app.comparing.open(shared.other, () => {
      if (this.session.revision === revision) this.arrive(shared);
    });
  }

  private arrive({ tick, selection }: Shared): void {
    this.restoring = tick > 0;
    // An event that is selected has not happened yet where the scenario begins.
    if (this.restoring) this.app.time.goTo(tick, decodeSelection(selection));
  }

  /** A link that cannot be opened never replaces what is there already. */
  private refuseLink(problems: readonly AnyProblem[]): void {
    this.unpacking = null;
    this.restoring = false;
    const kept = this.session.playground !== null;
    if (!kept) this.begin("");
    this.store.update({
      message: { ...message(kept ? "messageLinkKept" : "messageLink"), problems },
    });
  }

  /** Loads the text of the open dialog; errors are shown there. */
  openText(text: string): void {
    if (text.length > OPEN_MAX_CHARS) return this.showOpenErrors([tooLong(text.length)]);
    try {
      const numactl = isNumactl(text) ? this.session.fromNumactl(text) : null;
      this.startDocument(numactl?.document ?? text);
      const notes = numactl?.notes ?? [];
      this.store.update({ dialog: null, openErrors: [] });
      if (notes.length > 0) this.store.update({ message: { ...message("messageAssumed"), notes } });
    } catch (thrown) {
      if (!isScenarioFailure(thrown)) throw thrown;
      this.showOpenErrors(thrown.errors);
    }
  }

  /** Puts a file's text into the open dialog. Nothing of a file that is too large is read. */
  takeFile(file: File): void {
    if (file.size > OPEN_MAX_CHARS)
      return this.app.act(() => this.showOpenErrors([tooLong(file.size)]));
    file.text().then(
      (openText) => this.app.act(() => this.store.update({ openText, openErrors: [] })),
      () => this.app.act(() => this.showOpenErrors([problemOf("openUnreadable")])),
    );
  }

  showOpenErrors(openErrors: readonly AnyProblem[]): void {
    this.store.update({ openErrors });
  }

  /** The running scenario from its beginning. */
  restart(): void {
    const { presetId, ownTitle } = this.store.state;
    this.start(this.session.documentText);
    this.store.update({ presetId, ownTitle });
  }

  /** What a link carries. Throws a `ScenarioFailure`. */
  private bodyOf(playground: Playground): string {
    const selection = encodeSelection(this.store.state.selection);
    return playground.fragmentBody(selection, this.app.comparing.other);
  }

  /** Makes the link, and copies it where the browser allows. */
  share(): void {
    const playground = this.session.playground;
    if (playground === null) return;
    this.store.update({ playing: false });
    const body = this.bodyOf(playground);
    const { tick } = playground.clock();
    pack(body).then((fragment) => this.app.act(() => this.showLink(fragment, body, tick)));
  }

  private showLink(fragment: string, body: string, tick: number): void {
    // A link that could not be opened is refused now, in words.
    this.session.readFragment(fragment, body);
    const url = this.link.write(fragment);
    this.store.update({ share: { url, tick, copied: false } });
    copyText(url).then((copied) => {
      const { share } = this.store.state;
      if (share?.url === url) this.store.update({ share: { ...share, copied } });
    });
  }

  /** Puts what the link is shown in away; the focus goes back to where it was. */
  endShare(): void {
    this.store.update({ share: null });
    this.aside.leave("share");
  }

  /** Keeps the address in step with what `key` stands for. */
  keepLink(key: string): void {
    this.link.keep(key, () => this.fragment());
  }

  private async fragment(): Promise<string | null> {
    const { playground } = this.session;
    if (playground === null) return null;
    try {
      return await pack(this.bodyOf(playground));
    } catch (thrown) {
      // Two documents may be more than a link can carry. The address stays as it was then.
      if (!isScenarioFailure(thrown)) throw thrown;
      return null;
    }
  }
}
