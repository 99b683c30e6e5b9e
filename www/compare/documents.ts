/** What the comparison shows of its two documents, read once for as long as they stay the same. */

import type { Bilingual } from "../engine.ts";
import { titleOf } from "../session.ts";
import { canEnd, isBalancing, memoryNodes, readCompared } from "./change.ts";
import { type Difference, differences } from "./patch.ts";

export interface Documents {
  readonly text: string;
  readonly otherText: string;
  readonly title: Bilingual | null;
  readonly otherTitle: Bilingual | null;
  /** Of the first: whether balancing is on at the start, and the nodes that have memory. */
  readonly isBalancing: boolean;
  readonly nodes: readonly number[];
  /** Whether both runs can come to the end of their work. */
  readonly canEnd: boolean;
  readonly differences: readonly Difference[];
}

export function readDocuments(text: string, otherText: string): Documents {
  const first = readCompared(text);
  return {
    ...{ text, otherText, title: titleOf(text), otherTitle: titleOf(otherText) },
    ...{ isBalancing: isBalancing(first), nodes: memoryNodes(first) },
    canEnd: canEnd(text) && canEnd(otherText),
    differences: differences(text, otherText),
  };
}
