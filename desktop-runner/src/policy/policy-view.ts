import { readinessOf } from "./admission.ts";
import type { HostRule } from "./network-policy.ts";
import type { Policy } from "./policy-file.ts";
import { networkPolicy, type Tightening } from "./tightening.ts";

/** A policy as its owner is shown it, at the terminal and on the local page. `quietUntil` is null outside of quiet hours and when they never end. */
export function viewPolicy(policy: Policy, tightening: Tightening, now: number) {
  const { rules, maxDownload } = networkPolicy(policy, tightening);
  const readiness = readinessOf({ ok: true, policy }, now, tightening);
  const quietUntil = readiness.state === "quiet" && Number.isFinite(readiness.until) ? new Date(readiness.until).toISOString() : null;
  const { shell, files, code, members, signatures, quietHours, paused } = policy;
  return {
    state: readiness.state,
    paused,
    quietUntil,
    quietHours,
    rules: rules.map(viewRule),
    maxDownloadBytes: maxDownload.bytes,
    maxDownloadBy: maxDownload.by,
    shell,
    files,
    code,
    members,
    signatures,
    tightening,
  };
}

export function viewRule({ effect, pattern, private: isPrivate = false, by }: HostRule) {
  return { effect, pattern, private: isPrivate, by };
}
