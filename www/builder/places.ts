/** Where in the builder a field of the document is. */

import { pathOf } from "./json.ts";
import type { Section } from "./state.ts";

/** The id of the element that stands for a field. */
export function fieldId(path: string): string {
  return `b-${path}`;
}

/** The section that shows a field. */
export function sectionOf(path: string): Section {
  const [root] = pathOf(path);
  if (root === "machine" || root === "processes") return root;
  const isSetting = root === "kernel" || root === "title" || root === "summary" || root === "seed";
  return isSetting ? "settings" : "text";
}
