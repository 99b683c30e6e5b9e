/** Modes and flags of memory policies, and which go together. */

export const MODES = [
  "default",
  "local",
  "prefer",
  "prefer (many)",
  "bind",
  "interleave",
  "weighted interleave",
] as const;
export type Mode = (typeof MODES)[number];

export const FLAGS = ["static", "relative", "balancing"] as const;
export type PolicyFlag = (typeof FLAGS)[number];

export function takesNodes(mode: string): boolean {
  return mode !== "" && mode !== "default" && mode !== "local";
}

export function takesBalancing(mode: string): boolean {
  return mode === "bind" || mode === "prefer (many)";
}

/** Only these look for a home node. */
export const takesHome = takesBalancing;

/** With a flag more, or less if it was there. */
export function withFlag<Policy extends { readonly flags: readonly string[] }>(
  policy: Policy,
  flag: Policy["flags"][number],
): Policy {
  const others = policy.flags.filter((other) => other !== flag);
  const isLess = others.length < policy.flags.length;
  return { ...policy, flags: isLess ? others : [...policy.flags, flag] };
}
