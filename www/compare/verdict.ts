/** What the comparison comes to, in sentences made from the figures and nothing else. */

import { formatCount } from "../format.ts";
import type { Key, Translate } from "../i18n/index.ts";
import {
  asked,
  type Figures,
  localPercent,
  overheadMs,
  percentText,
  type Sides,
  secondsText,
} from "./figures.ts";

/** Differences below a tenth of a percent are said to be none. */
const NOTHING_PERCENT = 0.1;

/** Both runs under the names that sentences have for them: the first is what is asked about. */
interface Said {
  readonly one: Figures;
  readonly two: Figures;
  readonly names: { readonly one: string; readonly two: string };
  readonly balancing: boolean;
}

function said(a: Figures, b: Figures, sides: Sides, t: Translate): Said {
  const balancing = sides !== "other";
  const [one, two] = asked(a, b, sides);
  const names = balancing
    ? { one: t("compare.withBalancing"), two: t("compare.withoutBalancing") }
    : { one: t("compare.sideB"), two: t("compare.sideA") };
  return { one, two, names, balancing };
}

/** The verdict on two runs that stand at the same tick. */
export function verdict(a: Figures, b: Figures, sides: Sides, t: Translate): string {
  if (a.tick === 0) return t("compare.verdictNotYet");
  const what = said(a, b, sides, t);
  const sentences = [mainSentence(what, t), costSentence(what, t), localSentence(what, t)];
  return sentences.filter((sentence) => sentence !== "").reduce(joined);
}

/** Chinese has no blanks between sentences. */
function joined(before: string, sentence: string): string {
  return before.endsWith("。") ? before + sentence : `${before} ${sentence}`;
}

function mainSentence(what: Said, t: Translate): string {
  const { one, two } = what;
  if (one.elapsedMs !== null && two.elapsedMs !== null)
    return bothDone(what, one.elapsedMs, two.elapsedMs, t);
  if (one.elapsedMs !== null) return oneDone(what.names.one, one.elapsedMs, what.names.two, two, t);
  if (two.elapsedMs !== null) return oneDone(what.names.two, two.elapsedMs, what.names.one, one, t);
  return neitherDone(what, t);
}

/** How much more or less, or that there is no difference worth a word. */
function measure(one: number, two: number): { key: "More" | "Less" | "Same"; percent: string } {
  const percent = two === 0 ? 0 : ((one - two) / two) * 100;
  const text = percentText(Math.abs(percent));
  if (Math.abs(percent) < NOTHING_PERCENT) return { key: "Same", percent: text };
  return { key: percent > 0 ? "More" : "Less", percent: text };
}

function bothDone({ names }: Said, one: number, two: number, t: Translate): string {
  const { key, percent } = measure(one, two);
  const times = { oneTime: secondsText(one), twoTime: secondsText(two), percent };
  const sentence: Key = `compare.done${key}`;
  return t(sentence, { ...names, ...times });
}

function oneDone(name: string, ms: number, other: string, still: Figures, t: Translate): string {
  const values = { one: name, oneTime: secondsText(ms), two: other };
  return t("compare.doneOne", { ...values, now: secondsText(still.nowMs) });
}

function neitherDone({ one, two, names }: Said, t: Translate): string {
  const { key, percent } = measure(one.accesses, two.accesses);
  const work = { oneWork: formatCount(one.accesses), twoWork: formatCount(two.accesses) };
  const sentence: Key = `compare.work${key}`;
  return t(sentence, { ...names, ...work, percent, now: secondsText(one.nowMs) });
}

/** What balancing took of the CPU time; nothing is said where it took none. */
function costSentence({ one, two, names, balancing }: Said, t: Translate): string {
  const cost = overheadMs(one);
  const share = one.runtimeMs === 0 ? 0 : (cost / one.runtimeMs) * 100;
  const values = { cost: secondsText(cost), share: percentText(share) };
  if (balancing) return cost === 0 ? t("compare.costNone") : t("compare.cost", values);
  const other = overheadMs(two);
  if (cost === 0 && other === 0) return "";
  return t("compare.costBoth", { ...names, cost: values.cost, other: secondsText(other) });
}

function localSentence({ one, two, names }: Said, t: Translate): string {
  const [own, other] = [localPercent(one), localPercent(two)];
  if (own === null || other === null) return "";
  return t("compare.localShares", { ...names, own: percentText(own), other: percentText(other) });
}
