/** The form in which somebody chooses what differs: as typed, and what that comes to. */

import { readWhole } from "../format.ts";
import { type AnyProblem, problemOf } from "../i18n/index.ts";
import { OPEN_MAX_CHARS, tooLong } from "../opening.ts";
import { type Change, KNOB_LIMITS, KNOBS, type Knob } from "./change.ts";

/** What can be chosen. */
export const TOPICS = [
  "balancing",
  ...KNOBS,
  "policy",
  "memory",
  "free",
  "opened",
  "document",
] as const;
export type Topic = (typeof TOPICS)[number];

export interface Form {
  readonly topic: Topic;
  /** A knob's value, as typed. */
  readonly value: string;
  readonly policy: string;
  readonly node: string;
  /** Another scenario, as text. */
  readonly text: string;
}

const FRESH: Form = { topic: "balancing", value: "", policy: "default", node: "all", text: "" };

/** The form as it stands when a change is in force. */
export function formFor(change: Change, before: Form = FRESH): Form {
  switch (change.kind) {
    case "knob":
      return { ...before, topic: change.knob, value: `${change.value}` };
    case "policy":
      return { ...before, topic: "policy", policy: change.policy };
    case "memory":
      return { ...before, topic: "memory", node: `${change.node}` };
    case "document":
      return { ...before, topic: "document", text: change.text };
    default:
      return { ...before, topic: change.kind };
  }
}

export function isKnob(topic: Topic): topic is Knob {
  return (KNOBS as readonly string[]).includes(topic);
}

/** The change that the form says, or what is wrong with it. */
export function changeOf(form: Form): Change | { readonly problem: AnyProblem } {
  const { topic } = form;
  if (isKnob(topic)) return knobChange(topic, form.value);
  if (topic === "policy") return { kind: "policy", policy: form.policy };
  if (topic === "memory")
    return { kind: "memory", node: form.node === "all" ? "all" : Number(form.node) };
  if (topic === "document") return documentChange(form.text);
  return { kind: topic };
}

function knobChange(knob: Knob, typed: string): Change | { readonly problem: AnyProblem } {
  const { min, max } = KNOB_LIMITS[knob];
  const value = readWhole(typed.replace(/[\s,_]/g, ""), min, max);
  if (value === null) return { problem: problemOf("edit.knobWrong", { min, max }) };
  return { kind: "knob", knob, value };
}

function documentChange(text: string): Change | { readonly problem: AnyProblem } {
  if (text.trim() === "") return { problem: problemOf("openEmpty") };
  if (text.length > OPEN_MAX_CHARS) return { problem: tooLong(text.length) };
  return { kind: "document", text };
}
