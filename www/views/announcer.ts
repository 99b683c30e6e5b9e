/** Tells those who listen what a step has come to, once things rest. */

import { eventText } from "../event-text.ts";
import type { LogLine } from "../events.ts";
import { formatCount, formatSeconds } from "../format.ts";
import { type Translate, translator } from "../i18n/index.ts";
import type { Snapshot, State } from "../store.ts";

/** Whoever keeps a key pressed hears of where it ends, not of every step. */
const REST_MS = 600;
/** More sentences than these nobody listens to. */
const MAX_SENTENCES = 3;

/** What has been told: the ticks and events before these. */
interface Told {
  readonly tick: number;
  readonly events: number;
}

/** What happened since, newest first; going back is a matter of the clock alone. */
export function stepWords({ clock, log }: Snapshot, told: Told, t: Translate): string {
  const time = t("everyone.at", {
    time: formatSeconds(clock.nowMs),
    tick: formatCount(clock.tick),
  });
  if (clock.events < told.events || clock.tick < told.tick) return time;
  const count = clock.events - told.events;
  if (count === 0) return `${time} ${t("everyone.nothing")}`;
  const fresh = log.filter((line) => line.seq >= told.events).slice(-MAX_SENTENCES);
  const sentences = fresh.reverse().map((line) => lineWords(line, told, t));
  return [time, t("everyone.count", { count: formatCount(count) }), ...sentences].join(" ");
}

function lineWords(line: LogLine, told: Told, t: Translate): string {
  const times = line.firstSeq >= told.events ? line.count : line.seq - told.events + 1;
  const sentence = eventText(line, t);
  return times < 2 ? sentence : `${sentence} ${t("everyone.times", { count: formatCount(times) })}`;
}

export class Announcer {
  private readonly region = document.createElement("p");
  private told: Told | null = null;
  private seen: Snapshot | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.region.className = "hidden";
    this.region.setAttribute("role", "status");
    this.region.dataset.testid = "announcer";
    document.body.prepend(this.region);
  }

  /** While time passes by itself there is nothing to say: it would come too late. */
  follow({ snapshot, playing, job, language }: State): void {
    const rests = !playing && job === null;
    if (!rests) clearTimeout(this.timer);
    if (!rests || snapshot === null || snapshot === this.seen) return;
    this.seen = snapshot;
    this.told ??= snapshot.clock;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.say(snapshot, translator(language)), REST_MS);
  }

  private say(snapshot: Snapshot, t: Translate): void {
    const { told } = this;
    const { tick, events } = snapshot.clock;
    this.told = { tick, events };
    if (told === null || (told.tick === tick && told.events === events)) return;
    this.region.textContent = stepWords(snapshot, told, t);
  }
}
