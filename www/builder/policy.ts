/** A memory policy as parts of a form: "bind=static|balancing:0-1", or the table that says the same. */

import { takesBalancing, takesHome, takesNodes } from "../forms/policy.ts";
import { fieldText, isTable, type Json, listAt, type Table } from "./json.ts";

export interface PolicyParts {
  /** Empty where no policy is written. */
  readonly mode: string;
  readonly flags: readonly string[];
  readonly nodes: string;
  readonly home: Json | undefined;
}

export function policyParts(policy: Json | undefined): PolicyParts {
  if (isTable(policy)) return tableParts(policy);
  const text = fieldText(policy);
  const [head = "", ...nodes] = text.split(":");
  const [mode = "", flags = ""] = head.split("=");
  return {
    mode,
    flags: flags === "" ? [] : flags.split("|"),
    nodes: nodes.join(":"),
    home: undefined,
  };
}

function tableParts(policy: Table): PolicyParts {
  const flags = listAt(policy, ["flags"]).map((flag) => fieldText(flag));
  return {
    mode: fieldText(policy.mode),
    flags,
    nodes: fieldText(policy.nodes),
    home: policy.home_node,
  };
}

/** What is written; a table only where a text cannot say it. */
export function policyOf({ mode, flags, nodes, home }: PolicyParts): Json | undefined {
  if (mode === "") return undefined;
  if (home !== undefined) return { mode, flags, nodes, home_node: home };
  const behind = flags.length === 0 ? "" : `=${flags.join("|")}`;
  return `${mode}${behind}${nodes === "" ? "" : `:${nodes}`}`;
}

/** With another mode; what that mode does not take is left out. */
export function withMode(parts: PolicyParts, mode: string, nodes: readonly number[]): PolicyParts {
  if (!takesNodes(mode)) return { mode, flags: [], nodes: "", home: undefined };
  const flags = parts.flags.filter((flag) => takesBalancing(mode) || flag !== "balancing");
  const named = parts.nodes === "" ? `${nodes[0] ?? 0}` : parts.nodes;
  return { mode, flags, nodes: named, home: takesHome(mode) ? parts.home : undefined };
}
