import type { PoolStrategy, PoolView, ProxyScheme, ProxyView } from "@deskhand/shared/schemas/proxy";
import { describeCheckFailure } from "@deskhand/shared/schemas/proxy-check-words";
import { isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { Tone } from "@/components/status-badge";

export const schemeWords: Record<ProxyScheme, string> = { http: "HTTP", https: "HTTPS", socks4: "SOCKS4", socks5: "SOCKS5" };
export const schemeOptions = (Object.keys(schemeWords) as ProxyScheme[]).map((value) => ({ value, label: schemeWords[value] }));

export const strategies: { value: PoolStrategy; label: string; description: string }[] = [
  { value: "sticky-profile", label: "Same for a profile", description: "Each profile keeps its proxy." },
  { value: "round-robin", label: "Take turns", description: "Each run takes the next one." },
  { value: "sticky-run", label: "By run", description: "A run keeps its proxy; the next may have another." },
  { value: "random", label: "By chance", description: "Each run takes any." },
  { value: "failover", label: "First that works", description: "In their order; the next one when one fails." },
];

export function strategyWords(strategy: PoolStrategy): string {
  return strategies.find(({ value }) => value === strategy)?.label ?? strategy;
}

export function countryWords(code: string): string {
  return new Intl.DisplayNames("en", { type: "region", fallback: "code" }).of(code) ?? code;
}

/**
 * The runners that cannot use it: they have no key to its secrets, or take it only from somebody who signs. Others are told of a proxy
 * without secrets when a profile of theirs is to leave by it.
 */
export function unawareOf<T extends Pick<RunnerView, "id" | "signaturesRequired">>(
  { knownTo, hasPassword, hasChangeUrl }: Pick<ProxyView, "knownTo" | "hasPassword" | "hasChangeUrl">,
  runners: readonly T[],
): T[] {
  return runners.filter(
    ({ id, signaturesRequired }) => !knownTo.includes(id) && (hasPassword || hasChangeUrl || signaturesRequired === true),
  );
}

/** The runners that do not have a pool, or not as it is now. Those that take it from anybody are told when a profile of theirs has it. */
export function withoutPool<T extends Pick<RunnerView, "id">>({ knownTo }: Pick<PoolView, "knownTo">, runners: readonly T[]): T[] {
  return runners.filter(({ id }) => !knownTo.includes(id));
}

/** What the last look at a proxy says, in a word; the details as a sentence. */
export function checkWords({ lastCheck, host }: Pick<ProxyView, "lastCheck" | "host">): {
  label: string;
  tone: Tone;
  detail: string | null;
} {
  if (!lastCheck) return { label: "Not checked", tone: "idle", detail: null };
  const { failureCode } = lastCheck;
  if (failureCode === null) return { label: "Works", tone: "good", detail: null };
  const labels: Record<string, string> = {
    PROXY_UNREACHABLE: "Unreachable",
    PROXY_AUTH_FAILED: "Sign-in refused",
    PROXY_TIMEOUT: "Too slow",
    PROXY_REFUSED: "Refused",
    PROXY_MISSING: "Not on the runner",
    PROXY_CHECK_FAILED: "Exit unknown",
    POLICY_DENIED: "Not allowed",
  };
  const detail = isRunFailureCode(failureCode) ? describeCheckFailure(failureCode, host) : null;
  return { label: labels[failureCode] ?? "Failed", tone: "bad", detail: detail && `${detail.title} ${detail.whatToDo}` };
}
