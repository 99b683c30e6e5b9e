/** Which of the kernel's structures belong to what is selected. */

import type { KernelStruct, Playground, Task } from "./engine.ts";
import type { Selection } from "./selection.ts";
import type { State } from "./store.ts";

interface Subject {
  readonly task: number | undefined;
  readonly process?: number;
  readonly vma?: number;
  readonly page?: number;
}

/** Without a selection, the first task of the process that is shown, with its address space. */
export function subjectOf(
  selection: Selection | null,
  process: number,
  tasks: readonly Task[],
): Subject | null {
  switch (selection?.kind) {
    case "page":
    case "vma": {
      const page = selection.kind === "page" ? { page: selection.page } : {};
      return { task: undefined, process: selection.process, vma: selection.vma, ...page };
    }
    case "task":
      return { task: tasks.find((task) => task.tid === selection.tid)?.index };
    case "event":
      return null;
    default:
      return { task: tasks.find((task) => task.process === process)?.index, process };
  }
}

export function structsOf(playground: Playground, state: State): readonly KernelStruct[] {
  const subject = subjectOf(state.selection, state.process, state.snapshot?.tasks ?? []);
  if (subject === null) return [];
  return playground.structs(subject.task, subject.process, subject.vma, subject.page);
}
