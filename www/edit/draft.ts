/** A memory policy being put together, and the calls that it comes to. */

import { formatList } from "../format.ts";
import { FLAGS, type Mode, type PolicyFlag, takesHome, takesNodes } from "../forms/policy.ts";
import { type AnyProblem, problemOf } from "../i18n/index.ts";
import type { MoveFlag, Operation, PageRange, PolicyFields } from "./document.ts";
import { readList, readWhole, toggled } from "./lists.ts";

/** What is done with pages that are there already. */
export type Move = "" | "move" | "move_all";

export interface PolicyDraft {
  readonly mode: Mode;
  /** The nodes as typed; `nodes` is what that says. */
  readonly nodesText: string;
  readonly flags: readonly PolicyFlag[];
  /** Whether only a part of the pages is meant, and which, as typed. */
  readonly part: boolean;
  readonly first: string;
  readonly last: string;
  readonly move: Move;
  /** For a process: whether its mappings get the policy too. */
  readonly mappings: boolean;
  readonly strict: boolean;
  readonly home: number | null;
  /** As typed, by node. */
  readonly weights: Readonly<Record<number, string>>;
}

export const FRESH_DRAFT: PolicyDraft = {
  ...{ mode: "bind", nodesText: "", flags: [], part: false, first: "0", last: "0" },
  ...{ move: "move", mappings: false, strict: false, home: null, weights: {} },
};

/** The fields of the form that a problem may belong to. */
export type Field = "mode" | "nodes" | "flags" | "range" | "move" | "home" | "weights";

export interface FieldProblem {
  readonly field: Field;
  readonly problem: AnyProblem;
}

const MAX_WEIGHT = 255;

export function nodesOf(draft: PolicyDraft, there: readonly number[]): readonly number[] {
  return takesNodes(draft.mode) ? readList(draft.nodesText, there).numbers : [];
}

/** With a node more or less. What was typed is replaced by what it came to. */
export function withNode(draft: PolicyDraft, node: number, there: readonly number[]): PolicyDraft {
  const { numbers } = readList(draft.nodesText, there);
  const nodes = draft.mode === "prefer" ? [node] : toggled(numbers, node);
  return { ...draft, nodesText: formatList(nodes) };
}

/** Flags that are shown for the mode; others are not part of the policy. */
export function flagsOf({ mode, flags }: PolicyDraft): readonly PolicyFlag[] {
  if (!takesNodes(mode)) return [];
  return FLAGS.filter((flag) => flags.includes(flag));
}

/** As `numa_maps` prints it: "bind=static:0-1". */
export function policyText(draft: PolicyDraft, there: readonly number[]): string {
  const flags = flagsOf(draft).join("|");
  const nodes = formatList([...nodesOf(draft, there)]);
  return `${draft.mode}${flags === "" ? "" : `=${flags}`}${nodes === "" ? "" : `:${nodes}`}`;
}

function policyFields(draft: PolicyDraft, there: readonly number[]): PolicyFields | string {
  if (flagsOf(draft).length === 0) return policyText(draft, there);
  return {
    mode: draft.mode,
    flags: flagsOf(draft),
    nodes: formatList([...nodesOf(draft, there)]),
  };
}

/** What is wrong with what was typed, before anybody asks the kernel. */
export function problemsOf(
  draft: PolicyDraft,
  there: readonly number[],
  pages: number,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const list = takesNodes(draft.mode) ? readList(draft.nodesText, there).problem : null;
  if (list !== null) problems.push({ field: "nodes", problem: list });
  if (draft.part && rangeOf(draft, pages) === null)
    problems.push({ field: "range", problem: problemOf("edit.rangeWrong", { last: pages - 1 }) });
  if (weightsOf(draft) === null)
    problems.push({
      field: "weights",
      problem: problemOf("edit.weightWrong", { max: MAX_WEIGHT }),
    });
  return problems;
}

/** First page and how many; null if what was typed is no range. */
export function rangeOf(
  draft: Pick<PolicyDraft, "part" | "first" | "last">,
  pages: number,
): { readonly first: number; readonly pages: number } | null {
  if (!draft.part) return { first: 0, pages };
  const first = readWhole(draft.first, 0, pages - 1);
  const last = readWhole(draft.last, first ?? 0, pages - 1);
  return first === null || last === null ? null : { first, pages: last - first + 1 };
}

/** Weights that were typed in; null if one of them is no weight. */
function weightsOf(draft: PolicyDraft): { node: number; weight: number }[] | null {
  if (draft.mode !== "weighted interleave") return [];
  const weights = [];
  for (const [node, text] of Object.entries(draft.weights)) {
    const weight = readWhole(text, 0, MAX_WEIGHT);
    if (weight === null) return null;
    weights.push({ node: Number(node), weight });
  }
  return weights;
}

/** Where the policy goes: a thread, all threads of a process, or pages of a region. */
export type Scope =
  | {
      readonly kind: "threads";
      readonly tids: readonly number[];
      /** Mappings that may get it too. */
      readonly mappings: readonly PageRange[];
    }
  | {
      readonly kind: "pages";
      readonly pid: number;
      readonly region: string;
      /** Where the mapping begins in its region, and how many pages it has. */
      readonly offset: number;
      readonly pages: number;
      readonly isWhole: boolean;
    };

/** Flags of `mbind`. */
function moveFlags({ move, strict }: PolicyDraft): readonly MoveFlag[] {
  return [...(strict ? (["strict"] as const) : []), ...(move === "" ? [] : [move])];
}

/** What is done when the draft is applied. The draft must be without problems. */
export function operationsOf(
  draft: PolicyDraft,
  scope: Scope,
  there: readonly number[],
): Operation[] {
  const policy = policyFields(draft, there);
  const weights = weightsOf(draft) ?? [];
  const first = weights.length === 0 ? [] : [{ weighted_interleave: weights }];
  const flags = moveFlags(draft);
  const bind = (range: PageRange): Operation => ({
    mbind: { ...range, policy, ...(flags.length === 0 ? {} : { flags }) },
  });
  if (scope.kind === "threads") {
    const threads = scope.tids.map((tid) => ({ set_mempolicy: { tid, policy } }));
    return [...first, ...threads, ...(draft.mappings ? scope.mappings.map(bind) : [])];
  }
  const range = pageRange(draft, scope);
  const home =
    draft.home === null || !takesHome(draft.mode)
      ? []
      : [{ set_mempolicy_home_node: { ...range, node: draft.home } }];
  return [...first, bind(range), ...home];
}

/** The pages that the draft means, as the document names them. */
function pageRange(draft: PolicyDraft, scope: Scope & { kind: "pages" }): PageRange {
  const { pid, region, offset } = scope;
  const range = rangeOf(draft, scope.pages);
  if (range === null || (scope.isWhole && range.pages === scope.pages)) return { pid, region };
  return { pid, region, first: offset + range.first, pages: range.pages };
}
