import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bilingual } from "../engine.ts";
import { EVENT_KINDS } from "../events.ts";
import { type Lesson, lastKind, mayGoOn, movesTo, type Step } from "../lessons/lesson.ts";
import read from "../lessons/lessons.json" with { type: "json" };
import { decodeSelection } from "../selection.ts";
import { INSPECTORS, LOWERS, VIEWS } from "../store.ts";

const lessons = read as unknown as readonly Lesson[];

/** What is wrong with a lesson. */
function faultsOf(lesson: Lesson): string[] {
  const faults = lesson.steps.flatMap((step, at) => stepFaults(step).map((f) => `${at}: ${f}`));
  if (lesson.steps.length < 5 || lesson.steps.length > 8) faults.push("5 to 8 steps");
  const questions = lesson.steps.filter((step) => step.question !== undefined).length;
  if (questions !== 1) faults.push("one question");
  return faults;
}

function stepFaults(step: Step): string[] {
  const faults: string[] = [];
  const { question } = step;
  if (question !== undefined && question.options[question.right] === undefined)
    faults.push("no right option");
  if (step.view !== undefined && !VIEWS.includes(step.view)) faults.push("view");
  if (step.inspector !== undefined && !INSPECTORS.includes(step.inspector))
    faults.push("inspector");
  if (step.lower !== undefined && !LOWERS.includes(step.lower)) faults.push("lower");
  return faults;
}

function textsOf(value: unknown): Bilingual[] {
  if (typeof value !== "object" || value === null) return [];
  if ("en" in value) return [value as Bilingual];
  return Object.values(value).flatMap(textsOf);
}

test("there are at least eight lessons, each in order", () => {
  assert.ok(lessons.length >= 8);
  for (const lesson of lessons) assert.deepEqual(faultsOf(lesson), [], lesson.id);
});

test("every text is there in both languages", () => {
  for (const text of textsOf(lessons)) {
    assert.ok(text.en.trim().length > 0 && text.zh.trim().length > 0, text.en);
    assert.doesNotMatch(text.zh, /[\u4e00-\u9fff][,;!](\s|$)/u, text.zh);
  }
});

test("steps run to events that exist and select what can be selected", () => {
  const kinds = new Set<string>(EVENT_KINDS.map(({ kind }) => kind));
  for (const step of lessons.flatMap((lesson) => lesson.steps)) {
    for (const move of step.moves ?? []) assert.ok("tick" in move || kinds.has(move.event));
    if (step.select !== undefined && step.select !== "newest")
      assert.notEqual(decodeSelection(step.select), null, step.select);
  }
});

test("a question holds the way forward until it is answered", () => {
  for (const lesson of lessons) {
    const at = lesson.steps.findIndex((step) => step.question !== undefined);
    assert.equal(mayGoOn({ lesson, step: at, chosen: null }), false, lesson.id);
    assert.equal(mayGoOn({ lesson, step: at, chosen: 0 }), true, lesson.id);
    assert.equal(mayGoOn({ lesson, step: lesson.steps.length - 1, chosen: null }), false);
  }
});

test("the way to a step is all moves before it and its own", () => {
  const lesson = lessons[0];
  assert.ok(lesson !== undefined);
  const moves = lesson.steps.flatMap((step) => step.moves ?? []);
  assert.deepEqual(movesTo(lesson, lesson.steps.length - 1), moves);
  assert.deepEqual(movesTo(lesson, 0), lesson.steps[0]?.moves ?? []);
});

test("what is newest is the event that the way ended with", () => {
  for (const lesson of lessons) {
    for (const [at, step] of lesson.steps.entries()) {
      if (step.select === "newest") assert.notEqual(lastKind(lesson, at), null, lesson.id);
    }
  }
});
