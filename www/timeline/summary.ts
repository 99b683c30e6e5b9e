/** The charts in words. */

import { formatCount, formatSeconds, formatShare } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import { type ChartData, type Line, placeAt, trendOf, valueAt } from "./figures.ts";

/** What the charts show at a tick, and where it is going. */
export function summaryOf(
  charts: readonly ChartData[],
  tick: number,
  nowMs: number,
  t: Translate,
): string {
  const head = t("timeline.summary", { time: formatSeconds(nowMs), tick: formatCount(tick) });
  return [head, ...charts.map((data) => sentence(data, tick, t))].join(" ");
}

function sentence(data: ChartData, tick: number, t: Translate): string {
  const name = t(`timeline.${data.chart}`);
  const unit = t(data.unit);
  const parts = data.lines.map((line) => {
    const value = formatValue(valueAt(data, line, tick));
    return `${line.name} ${value} ${unit}, ${trend(data, line, tick, t)}`;
  });
  const share = shareText(data, tick, t);
  return `${name}: ${[...parts, ...share].join("; ")}.`;
}

function trend(data: ChartData, line: Line, tick: number, t: Translate): string {
  return t(`timeline.${trendOf(line.values, placeAt(data, tick))}`);
}

/** A value as text; a dash where there is none. */
export function formatValue(value: number | null): string {
  return value === null ? "–" : formatCount(value);
}

/** Of work, how much was done locally. */
export function shareText(data: ChartData, tick: number, t: Translate): string[] {
  if (data.chart !== "work") return [];
  const [local, remote] = data.lines.map((line) => valueAt(data, line, tick) ?? 0);
  const whole = (local ?? 0) + (remote ?? 0);
  return [`${t("timeline.share")} ${formatShare(local ?? 0, whole)}`];
}
