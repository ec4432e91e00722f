import type { RunnerPolicyView } from "@deskhand/shared/schemas/runner";

/** Why a runner's own policy lets no run work now, and what to do about it; null when it does, or nothing is known of it. */
export function policyHindrance(policy: RunnerPolicyView | null): string | null {
  if (policy?.damaged) return "Its policy cannot be read, so it refuses everything: run “deskhand policy show” on its computer.";
  if (policy?.paused) return "It is paused: runs wait until somebody runs “deskhand resume” on its computer.";
  if (policy?.quietUntil) return `It has quiet hours until ${timeWords(policy.quietUntil)}: runs wait until then.`;
  if (policy?.empty) return "It allows no host yet: run “deskhand policy allow HOST” on its computer for each host that runs may open.";
  return null;
}

/** The time of day, as this computer writes it. */
export function timeWords(at: string): string {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
