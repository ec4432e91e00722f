import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import type { ProxyExit } from "@deskhand/shared/schemas/proxy";
import { type Gate, RefusedByPolicy } from "../policy/gate.ts";
import { ProxyFailure, type ProxyFailureCode } from "../policy/upstream/proxy-failure.ts";
import type { Traffic } from "../policy/upstream/proxy-way.ts";
import { StepFailure } from "../workflow/step-failure.ts";
import { mismatchOf } from "./compare-exit.ts";
import { fetchThrough } from "./fetch-through.ts";
import { findExit } from "./find-exit.ts";
import type { ProxyCandidate } from "./proxy-desk.ts";

export type ProxyNews =
  /** By its own fault, so that another would do better. */
  | { kind: "proxy-failed"; proxyId: string; code: ProxyFailureCode }
  /** Where the way leads out; `mismatch` in words when that does not fit the identity. */
  | { kind: "proxy-exit"; proxyId: string; exit: ProxyExit; latencyMs: number; mismatch: string | null }
  | { kind: "proxy-used"; proxyId: string; sent: number; received: number };

type Way = {
  candidates: readonly ProxyCandidate[];
  settings: Pick<ProfileSettings, "identity" | "onMismatch">;
  /** Has its policy already. */
  gate: Gate;
  tell(news: ProxyNews): void;
  warn(message: string): void;
  signal: AbortSignal;
};

/** How long a provider may take to change an exit, milliseconds. */
const changeMs = 30_000;

/**
 * Sets the gate to the first of the candidates that works, and holds its exit against the identity, before anything of the profile is
 * shown to a site. Without candidates it leaves directly.
 * @returns what tells of the bytes since it was called last, to be called when all is over too
 * @throws StepFailure PROXY_*, or POLICY_DENIED when a proxy may not be reached
 */
export async function takeWay({ candidates, gate, ...way }: Way): Promise<() => void> {
  const { settings, tell, signal } = way;
  const report = (candidate: ProxyCandidate, traffic: Traffic, told: Traffic = { sent: 0, received: 0 }) => {
    const [sent, received] = [traffic.sent - told.sent, traffic.received - told.received];
    if (sent + received === 0) return;
    for (const { id } of candidate.hops) tell({ kind: "proxy-used", proxyId: id, sent, received });
  };
  const reporter = (candidate: ProxyCandidate) => {
    let told: Traffic = { sent: 0, received: 0 };
    return () => {
      const now = { ...gate.traffic };
      report(candidate, now, told);
      told = now;
    };
  };
  for (const [index, candidate] of candidates.entries()) {
    if (candidate.changeUrl) await changeExit(candidate.changeUrl, { gate, ...way });
    gate.setProxies(candidate.hops);
    const isNeeded = settings.identity !== null || settings.onMismatch === "block" || candidates.length > 1;
    if (!isNeeded) return reporter(candidate);
    try {
      await lookAtExit(candidate, { gate, ...way });
      return reporter(candidate);
    } catch (error) {
      report(candidate, gate.traffic);
      const failure = asFailure(error);
      if (!(error instanceof ProxyFailure) || !error.isProxys || signal.aborted) throw failure;
      tell({ kind: "proxy-failed", proxyId: error.proxyId ?? candidate.hops[0]?.id ?? "", code: error.code });
      if (index === candidates.length - 1) throw failure;
      way.warn(`${failure.message} The next one of its pool is tried.`);
    }
  }
  return () => {};
}

async function lookAtExit(candidate: ProxyCandidate, { gate, settings, tell, warn, signal }: Omit<Way, "candidates">): Promise<void> {
  const { identity, onMismatch } = settings;
  const last = candidate.hops.at(-1)?.id ?? "";
  let found: Awaited<ReturnType<typeof findExit>>;
  try {
    found = await findExit((target) => gate.connect(target), { signal });
  } catch (error) {
    const isProxys = error instanceof ProxyFailure && error.isProxys;
    // a way whose exit is not known does not fit for sure
    if (isProxys || isAboutProxy(error, candidate) || onMismatch === "block") throw error;
    warn(`Where the proxy leads out is not known: ${asFailure(error).message}`);
    return;
  }
  const mismatch = (identity && mismatchOf(found.exit, identity)) ?? null;
  tell({ kind: "proxy-exit", proxyId: last, ...found, mismatch });
  if (mismatch === null) return;
  const failure = new StepFailure("PROXY_MISMATCH", { reason: mismatch });
  if (onMismatch === "block") throw failure;
  warn(failure.message);
}

/** Asked for directly, as a provider's customer does, and as far as the policy lets it. That it was not answered ends nothing. */
async function changeExit(url: string, { gate, warn, signal }: Pick<Way, "gate" | "warn" | "signal">): Promise<void> {
  gate.setProxies([]);
  try {
    const { status } = await fetchThrough(url, (target) => gate.connect(target), { timeoutMs: changeMs, signal });
    if (status >= 400) warn(`The proxy's exit may be the same as before: the address that changes it answered ${status}.`);
  } catch (error) {
    warn(`The proxy's exit may be the same as before: the address that changes it could not be asked. ${asFailure(error).message}`);
  }
}

function isAboutProxy(error: unknown, { hops: [first] }: ProxyCandidate): boolean {
  return error instanceof RefusedByPolicy && error.reason.subject === first?.host;
}

function asFailure(error: unknown): StepFailure {
  if (error instanceof RefusedByPolicy) return new StepFailure("POLICY_DENIED", { refusal: error.reason });
  if (error instanceof ProxyFailure) return new StepFailure(error.code, { reason: error.reason });
  return error instanceof StepFailure ? error : new StepFailure("PROXY_CHECK_FAILED");
}
