/** A policy put together field by field, with what it would come to. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { EditPreview } from "../engine.ts";
import { checkBox } from "../forms/check-box.ts";
import {
  MODES,
  type Mode,
  type PolicyFlag,
  takesBalancing,
  takesHome,
  takesNodes,
  withFlag,
} from "../forms/policy.ts";
import { type AnyProblem, type Key, problemText } from "../i18n/index.ts";
import { type Operation, readDocument } from "./document.ts";
import {
  type Field,
  type FieldProblem,
  flagsOf,
  nodesOf,
  operationsOf,
  type PolicyDraft,
  policyText,
  problemsOf,
  type Scope,
  withNode,
} from "./draft.ts";
import {
  appliedLine,
  choiceField,
  formOf,
  nodeBoxes,
  problemLines,
  refusedIn,
  textField,
} from "./fields.ts";
import type { Editing } from "./panel.ts";
import { askPreview, previewPanel } from "./preview.ts";
import { weightsAt } from "./settings.ts";
import { allNodes, memoryNodes } from "./subject.ts";

export interface PolicySubject {
  readonly title: string;
  readonly facts: string;
  /** As `numa_maps` prints it. */
  readonly inForce: string;
  readonly scope: Scope;
  /** Further fields. */
  readonly extra: unknown;
}

const MODE_WORDS: Readonly<Record<Mode, Key>> = {
  default: "edit.modeDefault",
  local: "edit.modeLocal",
  prefer: "edit.modePrefer",
  "prefer (many)": "edit.modePreferMany",
  bind: "edit.modeBind",
  interleave: "edit.modeInterleave",
  "weighted interleave": "edit.modeWeighted",
};

const MODE_MEANS: Readonly<Record<Mode, Key>> = {
  default: "edit.meansDefault",
  local: "edit.meansLocal",
  prefer: "edit.meansPrefer",
  "prefer (many)": "edit.meansPreferMany",
  bind: "edit.meansBind",
  interleave: "edit.meansInterleave",
  "weighted interleave": "edit.meansWeighted",
};

export function policyForm(editing: Editing, subject: PolicySubject): TemplateResult {
  const { app, editor, t } = editing;
  const draft = editor.state.policy;
  const there = memoryNodes(app.store.state);
  const { problems, preview } = judged(editing, subject, there);
  const apply = (): void => {
    // Judged again: something may have been typed since this was drawn.
    const { problems, operations } = judged(editing, subject, there);
    if (problems.length === 0) editor.apply("policy", operations);
  };
  const body = html`<p class="in-force">${t("edit.inForce")} <b class="code" data-testid="policy-now">${subject.inForce}</b></p>
    ${modeField(editing, draft)}
    ${takesNodes(draft.mode) ? nodesField(editing, draft, there, problems) : nothing}
    <p class="muted means">${t(MODE_MEANS[draft.mode])}</p>
    ${draft.mode === "weighted interleave" ? weightFields(editing, draft, there, problems) : nothing}
    ${subject.extra}
    ${moreFields(editing, draft, subject.scope, problems)}
    ${previewPanel(editing, subject, preview)}
    <p class="muted">${subject.facts}</p>
    <div class="apply stays">${formProblems(editing, problems)}
      <div class="verdict">${verdict(editing, problems, policyText(draft, there))}${appliedLine(editing, "policy")}</div>
      <button class="primary" data-testid="policy-apply" ?disabled=${problems.length > 0}>${t("edit.apply")}</button></div>`;
  return formOf(editing, "policy-form", subject.title, body, apply);
}

interface Judged {
  readonly operations: readonly Operation[];
  readonly problems: readonly FieldProblem[];
  readonly preview: EditPreview | null;
}

/** What the draft comes to now, and what is wrong with it. */
function judged(editing: Editing, { scope }: PolicySubject, there: readonly number[]): Judged {
  const draft = editing.editor.state.policy;
  const typed = problemsOf(draft, there, pagesOf(scope));
  if (typed.length > 0) return { operations: [], problems: typed, preview: null };
  const operations = operationsOf(draft, scope, there);
  if (operations.length === 0) return { operations, problems: [], preview: null };
  return { operations, ...askPreview(editing, operations) };
}

function pagesOf(scope: Scope): number {
  return scope.kind === "pages" ? scope.pages : 0;
}

function ofField(problems: readonly FieldProblem[], field: Field): AnyProblem[] {
  return problems.filter((found) => found.field === field).map(({ problem }) => problem);
}

/** What is wrong with the fields at the top, what the kernel refuses as a whole, and what the document's reader refused. */
function formProblems(editing: Editing, problems: readonly FieldProblem[]): unknown {
  const rest = refusedIn(editing, "policy");
  const whole = [...ofField(problems, "mode"), ...ofField(problems, "move"), ...rest];
  return html`${problemLines(editing, "policy-nodes-problem", ofField(problems, "nodes"))}
    ${problemLines(editing, "policy-problem", whole)}`;
}

/** What Apply would set; where it may not, the reason, for the field that it stands at may be out of sight. */
function verdict({ app, t }: Editing, problems: readonly FieldProblem[], policy: string): unknown {
  const told = problems.find(({ field }) => !["mode", "move", "nodes"].includes(field));
  if (problems.length === 0) return html`<span class="code">${policy}</span>`;
  const reason = told === undefined ? "" : problemText(told.problem, app.store.state.language);
  return html`<span data-testid="policy-verdict">${t("edit.notYet")} ${reason}</span>`;
}

function modeField(editing: Editing, draft: PolicyDraft): TemplateResult {
  const { editor, t } = editing;
  return html`${choiceField(editing, {
    ...{ id: "policy-mode", label: t("edit.mode"), values: MODES, chosen: draft.mode },
    words: (mode) => t(MODE_WORDS[mode]),
    choose: (mode) => editor.draft((draft) => ({ ...draft, mode })),
  })}`;
}

function nodesField(
  editing: Editing,
  draft: PolicyDraft,
  there: readonly number[],
  problems: readonly FieldProblem[],
): TemplateResult {
  const { editor, t } = editing;
  const chosen = nodesOf(draft, there);
  const toggle = (node: number): void => editor.draft((draft) => withNode(draft, node, there));
  return html`<fieldset class="group beside"><legend>${t("edit.nodes")}</legend>
    ${nodeBoxes(editing, "policy-node", there, chosen, toggle)}
    ${textField(editing, {
      ...{ id: "policy-nodes", label: t("edit.nodeList"), value: draft.nodesText },
      ...{ problems: ofField(problems, "nodes"), toldElsewhere: true },
      onInput: (nodesText) => editor.draft((draft) => ({ ...draft, nodesText })),
    })}</fieldset>`;
}

function weightFields(
  editing: Editing,
  draft: PolicyDraft,
  there: readonly number[],
  problems: readonly FieldProblem[],
): TemplateResult {
  const { app, editor, t } = editing;
  const now = editor.now();
  const document = readDocument(app.session.documentText);
  const all = allNodes(app.store.state);
  const inForce = now === null ? new Map<number, number>() : weightsAt(document, now, all);
  const field = (node: number): TemplateResult =>
    textField(editing, {
      ...{ id: `weight-${node}`, label: t("node", { id: node }), numeric: true },
      value: draft.weights[node] ?? String(inForce.get(node) ?? 1),
      onInput: (text) =>
        editor.draft((draft) => ({ ...draft, weights: { ...draft.weights, [node]: text } })),
    });
  return html`<fieldset class="group"><legend>${t("edit.weights")}</legend>
    <p class="muted">${t("edit.weightsHint")}</p>
    <div class="weights">${there.map(field)}</div>
    ${problemLines(editing, "weights-problem", ofField(problems, "weights"))}</fieldset>`;
}

const FLAG_WORDS: Readonly<Record<PolicyFlag, Key>> = {
  balancing: "edit.flagBalancing",
  static: "edit.flagStatic",
  relative: "edit.flagRelative",
};

/** Mode flags, home node, strictness: what one rarely needs. */
function moreFields(
  editing: Editing,
  draft: PolicyDraft,
  scope: Scope,
  problems: readonly FieldProblem[],
): unknown {
  const { editor, t } = editing;
  const flags: readonly PolicyFlag[] = takesNodes(draft.mode)
    ? ["balancing", "static", "relative"]
    : [];
  const boxes = flags
    .filter(
      (flag) => flag !== "balancing" || takesBalancing(draft.mode) || flagsOf(draft).includes(flag),
    )
    .map((flag) =>
      checkBox(editing, `flag-${flag}`, draft.flags.includes(flag), t(FLAG_WORDS[flag]), () =>
        editor.draft((draft) => withFlag(draft, flag)),
      ),
    );
  const strict = checkBox(editing, "policy-strict", draft.strict, t("edit.strict"), () =>
    editor.draft((draft) => ({ ...draft, strict: !draft.strict })),
  );
  const isMemory = scope.kind === "pages";
  if (!isMemory && boxes.length === 0) return nothing;
  return html`<fieldset class="group"><legend>${t("edit.flags")}</legend>
    ${boxes}${problemLines(editing, "flags-problem", ofField(problems, "flags"))}
    ${isMemory ? strict : nothing}
    ${isMemory && takesHome(draft.mode) ? homeField(editing, draft, problems) : nothing}</fieldset>`;
}

function homeField(
  editing: Editing,
  draft: PolicyDraft,
  problems: readonly FieldProblem[],
): TemplateResult {
  const { app, editor, t } = editing;
  const ids = (app.store.state.snapshot?.machine.nodes ?? []).map(({ id }) => String(id));
  return html`${choiceField(editing, {
    ...{ id: "policy-home", wide: true, label: t("edit.home"), values: ["", ...ids] },
    chosen: draft.home === null ? "" : String(draft.home),
    words: (id) => (id === "" ? t("edit.homeNone") : t("node", { id })),
    choose: (id) => editor.draft((draft) => ({ ...draft, home: id === "" ? null : Number(id) })),
  })}${problemLines(editing, "home-problem", ofField(problems, "home"))}`;
}
