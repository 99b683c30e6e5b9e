/** Processes with their regions and threads. */

import { html, nothing, type TemplateResult } from "lit-html";
import { formatCount } from "../format.ts";
import {
  type Around,
  button,
  chosen,
  more,
  problemsWithin,
  typed,
  wholeProblems,
} from "./fields.ts";
import { fieldText, type Json, listAt, type Path, pathText, valueAt, withItem } from "./json.ts";
import { itemActions, itemList } from "./list.ts";
import { fieldId } from "./places.ts";
import { policyField } from "./policy-form.ts";
import { regionForm } from "./region-form.ts";
import { copyOfProcess, newProcess, newRegion, newThread } from "./starting.ts";
import { threadForm } from "./thread-form.ts";

const PROCESSES: Path = ["processes"];
/** More buttons than this would not be read. */
const MAX_SHOWN = 64;

export function processesForm(around: Around): TemplateResult {
  const { builder } = around;
  const processes = listAt(builder.state.doc, PROCESSES);
  const at = Math.min(builder.state.process, processes.length - 1);
  const process = processes[at];
  return html`${processChoice(around, processes, at)} ${wholeProblems(around, PROCESSES)}
    ${process === undefined ? nothing : processForm(around, [...PROCESSES, at], process)}`;
}

function processChoice(around: Around, processes: readonly Json[], at: number): TemplateResult {
  const { app, builder, t } = around;
  const add = (): void => {
    builder.edit((doc) => withItem(doc, PROCESSES, processes.length, newProcess(doc)));
    builder.chooseProcess(processes.length);
  };
  const one = (process: Json, index: number): TemplateResult => {
    const wrong = problemsWithin(around, pathText([...PROCESSES, index])).length;
    const name =
      fieldText(valueAt(process, ["name"])) || t("builder.processNoun", { number: index + 1 });
    const words = wrong === 0 ? name : t("builder.wrongIn", { name, count: formatCount(wrong) });
    return html`<button type="button" class="small" data-testid="b-process-${index}" aria-pressed=${String(index === at)}
      @click=${() => app.act(() => builder.chooseProcess(index))}>${words}</button>`;
  };
  return html`<div class="row b-processes" role="group" aria-label=${t("builder.processes")}>
    ${processes.slice(0, MAX_SHOWN).map(one)} ${button(around, "b-processes-add", t("builder.addProcess"), add)}</div>`;
}

function processForm(around: Around, own: Path, process: Json): TemplateResult {
  const { t } = around;
  return html`<section class="b-list b-process" id=${fieldId(pathText(own))} tabindex="-1" aria-label=${t("process")}>
      ${wholeProblems(around, own)} ${processFields(around, own, process)} ${processButtons(around, Number(own[1]))}
    </section>
    ${itemList(around, {
      path: [...own, "regions"],
      title: "builder.regions",
      add: "builder.addRegion",
      noun: "builder.regionNoun",
      fresh: () => newRegion(listAt(process, ["regions"])),
      item: (path, region) => regionForm(around, path, region),
    })}
    ${itemList(around, {
      path: [...own, "threads"],
      title: "builder.threads",
      add: "builder.addThread",
      noun: "builder.threadNoun",
      fresh: () => newThread(process),
      item: (path, thread) => threadForm(around, path, thread, process),
    })}`;
}

function processFields(around: Around, own: Path, process: Json): TemplateResult {
  const { t } = around;
  const start = valueAt(process, ["start"]);
  const rare = ["pid", "mems", "next_scan_jiffies"].map((name) => [...own, name]);
  return html`<div class="b-fields">
      ${typed(around, [...own, "name"], { label: "builder.name" })}
      ${chosen(around, [...own, "start"], {
        label: "builder.start",
        options: [
          { value: "", words: t("builder.startExec") },
          { value: "forked", words: t("builder.startForked") },
          { value: "by_fork", words: t("builder.startByFork") },
          { value: "by_exec", words: t("builder.startByExec") },
        ],
      })}
      ${start === "by_fork" ? typed(around, [...own, "parent"], { label: "builder.parent" }) : nothing}
      ${policyField(around, [...own, "policy"])}
    </div>
    ${more(
      around,
      rare,
      html`${typed(around, [...own, "pid"], { label: "builder.pid", isNumber: true, usual: "1000 …" })}
      ${typed(around, [...own, "mems"], { label: "builder.mems", usual: t("builder.allNodes") })}
      ${start === "forked" ? typed(around, [...own, "next_scan_jiffies"], { label: "builder.nextScan", isNumber: true }) : nothing}`,
    )}`;
}

function processButtons(around: Around, at: number): TemplateResult {
  const { builder, t } = around;
  const count = listAt(builder.state.doc, PROCESSES).length;
  const actions = itemActions(around, PROCESSES, at, copyOfProcess);
  const move = (to: number): void => {
    actions.move(to);
    builder.chooseProcess(to);
  };
  const copy = (): void => {
    actions.copy();
    builder.chooseProcess(at + 1);
  };
  const remove = (): void => {
    actions.remove();
    builder.chooseProcess(Math.max(0, at - 1));
  };
  return html`<div class="row">
    ${button(around, "b-process-up", t("builder.processUp"), () => move(at - 1), { isOff: at === 0 })}
    ${button(around, "b-process-down", t("builder.processDown"), () => move(at + 1), { isOff: at >= count - 1 })}
    ${button(around, "b-process-copy", t("builder.processCopy"), copy)}
    ${button(around, "b-process-remove", t("builder.processRemove"), remove, { isOff: count === 1 })}</div>`;
}
