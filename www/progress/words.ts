/** Steps of a program in words. */

import { formatCount, formatDecimal, formatSeconds } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import type { Step } from "./program.ts";

/** What a step does, and in which way. */
export function stepWords(step: Step, t: Translate): string {
  const details = step.loop === undefined ? visitDetails(step, t) : [];
  return [deed(step, t), ...details, ...untilWords(step, t)].join(" · ");
}

function deed(step: Step, t: Translate): string {
  const { read, write, compute_ms, sleep_ms, loop, barrier } = step;
  if (read !== undefined) return t("work.reads", { region: read });
  if (write !== undefined) return t("work.writes", { region: write });
  if (compute_ms !== undefined) return t("work.computes", { time: milliseconds(compute_ms) });
  if (sleep_ms !== undefined) return t("work.sleeps", { time: milliseconds(sleep_ms) });
  if (barrier !== undefined) return t("work.waits", { barrier });
  if (loop !== undefined) return loopWords(step, t);
  return birthWords(step, t);
}

function loopWords({ times }: Step, t: Translate): string {
  return times === undefined ? t("work.loops") : t("work.repeats", { times: formatCount(times) });
}

function birthWords({ clone, fork, exec, exit }: Step, t: Translate): string {
  if (clone !== undefined) return t("work.clones", { name: clone });
  if (fork !== undefined) return t("work.forks", { name: fork });
  if (exec !== undefined) return t("work.execs", { name: exec });
  return t(exit === "process" ? "work.exitsGroup" : "work.exits");
}

function visitDetails(step: Step, t: Translate): readonly string[] {
  if (step.read === undefined && step.write === undefined) return [];
  const { first = 0, pages, pattern = "sequential", stride = 1, passes = 1, visits } = step;
  const range = pages === undefined ? pagesFrom(first, t) : pagesOf(first, pages, t);
  return [
    ...range,
    stride === 1 ? pattern : `${pattern}, stride ${formatCount(stride)}`,
    ...(passes === 1 ? [] : [t("work.passes", { count: formatCount(passes) })]),
    ...(visits === undefined ? [] : [t("work.visits", { count: formatCount(visits) })]),
  ];
}

function pagesFrom(first: number, t: Translate): readonly string[] {
  return first === 0 ? [] : [t("work.pagesFrom", { first: formatCount(first) })];
}

function pagesOf(first: number, pages: number, t: Translate): readonly string[] {
  const last = formatCount(first + pages - 1);
  return [t("work.pages", { first: formatCount(first), last })];
}

function untilWords({ until_ms }: Step, t: Translate): readonly string[] {
  return until_ms === undefined ? [] : [t("work.until", { time: formatSeconds(until_ms) })];
}

function milliseconds(time: number): string {
  return `${formatDecimal(time)} ms`;
}
