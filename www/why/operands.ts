/** Sentences with figures in them, each figure drawn as what it is. */

import { html, type TemplateResult } from "lit-html";
import type { Operand } from "../engine.ts";
import { formatCount, formatMs, splitCpupid } from "../format.ts";
import type { Translate } from "../i18n/index.ts";
import { nodeClass } from "../panels/parts.ts";

const PLACE = /\{(\d+)\}/;

/** A text whose places are filled with operands; a place without one stays visible. */
export function sentence(text: string, operands: readonly Operand[], t: Translate): unknown[] {
  return text.split(PLACE).map((part, at) => {
    if (at % 2 === 0) return part;
    const operand = operands[Number(part)];
    return operand === undefined ? `{${part}}` : figure(operand, t);
  });
}

/** One figure. */
export function figure(operand: Operand, t: Translate): unknown {
  switch (operand.kind) {
    case "node":
      return nodeNumber(operand.value);
    case "nodes":
      return operand.value.length === 0
        ? t("none")
        : operand.value.map((id) => [nodeNumber(id), " "]);
    case "count":
    case "pass":
      return number(formatCount(operand.value));
    case "ms":
      return number(formatMs(operand.value));
    case "cpupid":
      return cpupid(operand.value, t);
    case "flag":
      return t(operand.value ? "why.yes" : "why.no");
    case "none":
      return t("none");
    default:
      // Also a CPU: the sentence says what it is.
      return number(String(operand.value));
  }
}

/** The sentence says "node"; here are its colour and its number. */
function nodeNumber(id: number): TemplateResult {
  return html`<span class="node-number"><i class="swatch ${nodeClass(id)}"></i><b class="num">${id}</b></span>`;
}

function number(text: string): TemplateResult {
  return html`<b class="num">${text}</b>`;
}

function cpupid(value: number, t: Translate): TemplateResult {
  const parts = splitCpupid(value);
  const words =
    parts === null ? t("cpupidUnset") : t("cpupid", { cpu: parts.cpu, pid: `${parts.pidLow}` });
  return html`<b class="code" title="last_cpupid 0x${value.toString(16)}">${words}</b>`;
}
