/** Lists of CPUs and nodes as the kernel reads them: "0-3,8". */

import { formatList } from "../format.ts";
import { type OwnProblem, problemOf } from "../i18n/index.ts";

export { readWhole } from "../format.ts";

const PART = /^(\d{1,6})(?:-(\d{1,6}))?$/;

/** What a text says: the numbers, ascending and each once, or what is wrong with it. */
export interface ReadList {
  readonly numbers: readonly number[];
  readonly problem: OwnProblem | null;
}

function refused(problem: OwnProblem): ReadList {
  return { numbers: [], problem };
}

/** Reads a list of which all numbers must be among those that there are. */
export function readList(text: string, there: readonly number[]): ReadList {
  const found = new Set<number>();
  const parts = text.trim() === "" ? [] : text.split(",");
  for (const part of parts.map((part) => part.trim())) {
    const read = readPart(part, there);
    if (read.problem !== null) return read;
    for (const number of read.numbers) found.add(number);
  }
  return { numbers: [...found].sort((a, b) => a - b), problem: null };
}

/** A number, or two with a dash between them. */
function readPart(part: string, there: readonly number[]): ReadList {
  const ends = PART.exec(part);
  const [first, last] = [Number(ends?.[1]), Number(ends?.[2] ?? ends?.[1])];
  if (ends === null || last < first) return refused(problemOf("edit.listSyntax", { part }));
  const numbers = there.filter((number) => number >= first && number <= last);
  if (numbers.length === last - first + 1) return { numbers, problem: null };
  const missing = firstMissing(first, there);
  return refused(problemOf("edit.listMissing", { missing, there: formatList(there) }));
}

/** The first number, from one on, that there is not. */
function firstMissing(first: number, there: readonly number[]): number {
  let number = first;
  while (there.includes(number)) number += 1;
  return number;
}

/** The list with one number more or less. */
export function toggled(numbers: readonly number[], number: number): readonly number[] {
  const others = numbers.filter((other) => other !== number);
  if (others.length < numbers.length) return others;
  return [...others, number].sort((a, b) => a - b);
}
