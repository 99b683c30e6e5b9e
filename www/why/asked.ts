/** Explanations as they are shown: each answer once, and which tests decided. */

import type { Explanation } from "../engine.ts";
import type { WhyTexts } from "../why-texts.ts";

/** Questions that have one answer. */
export interface Asked {
  readonly questions: Explanation["question"][];
  readonly told: Explanation;
}

/** Each answer once, what has happened before what has not. */
export function asked(explanations: readonly Explanation[]): readonly Asked[] {
  const found = new Map<string, Asked>();
  for (const told of explanations) {
    const { question, event, verdict, checks, unknown } = told;
    const key = JSON.stringify([event?.seq, verdict, checks, unknown]);
    const same = found.get(key);
    if (same === undefined) found.set(key, { questions: [question], told });
    else same.questions.push(question);
  }
  const isAhead = ({ told }: Asked): number => Number(told.event === null);
  return [...found.values()].sort((a, b) => isAhead(a) - isAhead(b));
}

/** The places in a chain of the tests that decided. */
export function decisive({ verdict, checks }: Explanation, texts: WhyTexts): readonly number[] {
  const groups = texts.deciders[verdict?.id ?? ""];
  if (groups === undefined) return [checks.length - 1];
  return groups.map((group) =>
    checks
      .map((check) => group.some((one) => one.test === check.test && one.outcome === check.outcome))
      .lastIndexOf(true),
  );
}
