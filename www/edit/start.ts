/** Where a draft begins: with what is in force. */

import { MODES, type Mode, type PolicyFlag } from "../forms/policy.ts";
import { FRESH_DRAFT, type PolicyDraft } from "./draft.ts";
import type { MemoryTarget } from "./subject.ts";

const PRINTED = /^([^=:]+)(?:=([^:]*))?(?::(.*))?$/;

/** The policy out of what `numa_maps` prints. */
export function draftFrom(printed: string): PolicyDraft {
  const [, name = "", flags = "", nodesText = ""] = PRINTED.exec(printed) ?? [];
  const mode = MODES.find((mode) => mode === name) ?? "default";
  const some = flags === "" ? [] : (flags.split("|") as PolicyFlag[]);
  return { ...FRESH_DRAFT, mode: mode as Mode, nodesText, flags: some };
}

/** A draft for memory: all pages of the VMA, or with a page selected, that one within reach. */
export function draftOf(memory: MemoryTarget | null): PolicyDraft {
  if (memory === null) return { ...FRESH_DRAFT, mode: "default" };
  const { vma, page } = memory;
  const range = { first: String(page ?? 0), last: String(page ?? vma.pages - 1) };
  return { ...draftFrom(vma.policy), ...range };
}
