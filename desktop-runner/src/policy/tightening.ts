import { tightening as tighteningMessage } from "@deskhand/shared/protocol/policy";
import { parseHostPattern } from "@deskhand/shared/schemas/host-pattern";
import type { HostRule, NetworkPolicy, RefusalReason } from "./network-policy.ts";
import type { Policy } from "./policy-file.ts";

/** What the project asks to refuse beyond the owner's policy: it has no way to say what is allowed. */
export type Tightening = { deniedHosts: string[]; maxDownloadBytes: number | null /** No run begins. */; paused: boolean };
export type ReadTightening = { tightening: Tightening; ignored: RefusalReason[] };

export const noTightening: Tightening = { deniedHosts: [], maxDownloadBytes: null, paused: false };

const knownKeys = new Set(["deniedHosts", "maxDownloadBytes", "paused"]);
/** Asked-for things that are recorded at once; a server that asks for more is told as one. */
const maxIgnored = 20;

/**
 * Reads what the server sent. What it is not for it to decide (hosts to allow, tools, members) is passed over and named in `ignored`.
 * Undefined when it cannot be read at all: then what was asked before holds on.
 */
export function readTightening(raw: unknown, policy: Policy | undefined): ReadTightening | undefined {
  const parsed = tighteningMessage.safeParse(raw);
  if (!parsed.success) return undefined;
  const { deniedHosts, maxDownloadBytes, paused, ...rest } = parsed.data;
  const ignored: RefusalReason[] = [];
  const ignore = (subject: string, rule: string) => {
    if (ignored.length < maxIgnored) ignored.push({ kind: "widening", rule, subject: printable(subject) });
  };
  for (const key of Object.keys(rest)) if (!knownKeys.has(key)) ignore(key, "the server may only tighten");
  if (policy && maxDownloadBytes !== null && maxDownloadBytes > policy.maxDownloadBytes) {
    ignore("maxDownloadBytes", `max-download ${policy.maxDownloadBytes}`);
  }
  const denied = deniedHosts.flatMap((text) => {
    const pattern = parseHostPattern(text);
    return pattern.ok ? [pattern.pattern.text] : [];
  });
  return { tightening: { deniedHosts: [...new Set(denied)], maxDownloadBytes, paused }, ignored };
}

/** What holds for connections and downloads: the owner's rules, and what the project takes away from them. */
export function networkPolicy(policy: Policy, tightening: Tightening): NetworkPolicy {
  const own = policy.rules.map((rule): HostRule => ({ ...rule, by: "device" }));
  const theirs = tightening.deniedHosts.map((pattern): HostRule => ({ effect: "deny", pattern, by: "server" }));
  const limit = tightening.maxDownloadBytes;
  const tighter = limit !== null && limit < policy.maxDownloadBytes;
  return {
    rules: [...own, ...theirs],
    maxDownload: tighter ? { bytes: limit, by: "server" } : { bytes: policy.maxDownloadBytes, by: "device" },
    code: policy.code,
    files: policy.files,
    damaged: false,
  };
}

function printable(text: string): string {
  return text.replaceAll(/[^\w.-]/g, "?").slice(0, 60) || "?";
}
