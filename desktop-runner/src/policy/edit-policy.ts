import { renameSync } from "node:fs";
import { parseHostPattern } from "@deskhand/shared/schemas/host-pattern";
import { editAlone } from "../identity/exclusive.ts";
import type { RunnerHome } from "../identity/home.ts";
import { loadPolicy, type Policy, savePolicy, startingPolicy } from "./policy-file.ts";

/** Why an edit was not made. The message is for the person who asked for it. */
export class PolicyEditError extends Error {
  readonly reason: "DAMAGED" | "INVALID" | "UNKNOWN_RULE" | "UNKNOWN_SETTING" | "TOO_MANY_RULES";

  constructor(reason: PolicyEditError["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Changes the policy of this folder; one edit at a time, whoever makes it. A runner that is running sees the change at once.
 * Only the owner's own hands lead here: the command line and the local page, never the connection to the server.
 * @throws PolicyEditError DAMAGED when there is a policy that cannot be read, and what `change` throws
 */
export function editPolicy(home: RunnerHome, change: (policy: Policy) => Policy): Policy {
  return editAlone(home, () => {
    const loaded = loadPolicy(home);
    if (!loaded.ok) throw new PolicyEditError("DAMAGED", `${loaded.reason}.`);
    const next = change(loaded.policy);
    savePolicy(home, next);
    return next;
  });
}

/** Begins again with nothing allowed. @returns where the policy that cannot be read was put, if there was one */
export function resetPolicy(home: RunnerHome): string | undefined {
  return editAlone(home, () => {
    const aside = loadPolicy(home).ok ? undefined : `${home.policyFile}.damaged-${Date.now()}`;
    if (aside) renameSync(home.policyFile, aside);
    savePolicy(home, startingPolicy);
    return aside;
  });
}

/** The policy with this rule, in place of any other about the same hosts. @throws PolicyEditError INVALID, TOO_MANY_RULES */
export function withRule(policy: Policy, effect: "allow" | "deny", text: string, isPrivate = false): Policy {
  const parsed = parseHostPattern(text);
  if (!parsed.ok) throw new PolicyEditError("INVALID", parsed.message);
  const { text: pattern, host } = parsed.pattern;
  if (isPrivate && (effect === "deny" || host.kind === "any" || host.kind === "range")) {
    throw new PolicyEditError("INVALID", "--private goes with an allowed name, like nas.example: an address or a range needs none.");
  }
  const rules = policy.rules.filter((rule) => rule.pattern !== pattern);
  if (rules.length >= 2_000) throw new PolicyEditError("TOO_MANY_RULES", "There are 2,000 rules already.");
  return { ...policy, rules: [...rules, { effect, pattern, ...(isPrivate ? { private: true } : {}) }] };
}

/** The policy without the rule about these hosts. @throws PolicyEditError INVALID, UNKNOWN_RULE */
export function withoutRule(policy: Policy, text: string): Policy {
  const parsed = parseHostPattern(text);
  if (!parsed.ok) throw new PolicyEditError("INVALID", parsed.message);
  const rules = policy.rules.filter((rule) => rule.pattern !== parsed.pattern.text);
  if (rules.length === policy.rules.length) throw new PolicyEditError("UNKNOWN_RULE", `There is no rule about ${parsed.pattern.text}.`);
  return { ...policy, rules };
}
