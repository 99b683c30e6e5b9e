/** A thread, or several alike, and its program. */

import { html, nothing, type TemplateResult } from "lit-html";
import { type Around, chosen, more, typed } from "./fields.ts";
import { fieldText, type Json, type Path, valueAt } from "./json.ts";
import { nodeIdsOf, nodesOf, numbersIn } from "./machine.ts";
import { policyField } from "./policy-form.ts";
import { programForm } from "./program-form.ts";

export function threadForm(around: Around, own: Path, thread: Json, process: Json): TemplateResult {
  const { t } = around;
  const isCloned = valueAt(thread, ["start"]) === "by_clone";
  const rare = ["tid", "nice", "start", "start_ms", "runtime_ms"].map((name) => [...own, name]);
  return html`<div class="b-fields">
      ${typed(around, [...own, "name"], { label: "builder.name", usual: fieldText(valueAt(process, ["name"])) })}
      ${typed(around, [...own, "count"], { label: "builder.count", isNumber: true, usual: "1" })}
      ${whereabouts(around, own, thread)}
      ${typed(around, [...own, "affinity"], { label: "builder.affinity", usual: t("builder.allCpus") })}
      ${chosen(around, [...own, "repeat"], {
        label: "builder.repeat",
        options: [
          { value: "", words: t("builder.repeatForever") },
          { value: "once", words: t("builder.repeatOnce") },
        ],
      })}
      ${policyField(around, [...own, "policy"])}
    </div>
    ${more(
      around,
      rare,
      html`${chosen(around, [...own, "start"], {
        label: "builder.start",
        options: [
          { value: "", words: t("builder.startAtTime") },
          { value: "by_clone", words: t("builder.startByClone") },
        ],
      })}
      ${isCloned ? nothing : typed(around, [...own, "start_ms"], { label: "builder.startMs", isNumber: true, unit: "ms", usual: "0" })}
      ${typed(around, [...own, "nice"], { label: "builder.nice", isNumber: true, usual: "0" })}
      ${typed(around, [...own, "runtime_ms"], { label: "builder.runtime", isNumber: true, unit: "ms", usual: "0" })}
      ${typed(around, [...own, "tid"], { label: "builder.tid", isNumber: true })}`,
    )}
    ${programForm(around, [...own, "program"], process)}`;
}

/** The CPUs of one node, all, or as typed. */
function whereabouts(around: Around, own: Path, thread: Json): TemplateResult {
  const { builder, t } = around;
  const { doc } = builder.state;
  const path = [...own, "affinity"];
  const ids = nodeIdsOf(doc);
  const lists = nodesOf(doc).map((node) => fieldText(valueAt(node, ["cpus"])));
  const nodes = lists.flatMap((list, at) =>
    list === "" ? [] : [{ value: list, words: t("builder.onNode", { id: ids[at] ?? at }) }],
  );
  const written = fieldText(valueAt(thread, ["affinity"]));
  const cpus = numbersIn(written).join();
  const same = nodes.find(({ value }) => numbersIn(value).join() === cpus);
  const chosenValue = same?.value ?? written;
  const isOther = written !== "" && same === undefined;
  return chosen(around, [...own, "affinity-node"], {
    label: "builder.runsOn",
    chosen: chosenValue,
    options: [
      { value: "", words: t("builder.onAny") },
      ...nodes,
      ...(isOther ? [{ value: written, words: t("builder.onTyped", { list: written }) }] : []),
    ],
    write: (value) => builder.set(path, value === "" ? undefined : value),
  });
}
