import {
  canonicalHost,
  coversAddress,
  type HostPattern,
  matchesHost,
  parseHostPattern,
  specificity,
  type WebTarget,
} from "@deskhand/shared/schemas/host-pattern";
import { type IpAddress, parseAddress } from "@deskhand/shared/schemas/ip-address";
import { nothingAllows, ownPage } from "@deskhand/shared/schemas/refusal-words";
import { specialRangeOf } from "@deskhand/shared/schemas/special-ranges";
import type { HostRule, NetworkPolicy, RefusalReason } from "./network-policy.ts";

export type Decision = { allowed: true; rule: string } | ({ allowed: false } & RefusalReason);

type CompiledRule = HostRule & { match: HostPattern; weight: number };
export type HostRules = { readonly damaged: boolean; readonly ownPort: number | undefined; readonly rules: readonly CompiledRule[] };

/** The rules in the order in which they are asked: the most specific first. */
export function compileRules({ rules, damaged, ownPort }: Omit<NetworkPolicy, "maxDownload">): HostRules {
  const compiled = rules.flatMap((rule): CompiledRule[] => {
    const parsed = parseHostPattern(rule.pattern);
    return parsed.ok ? [{ ...rule, match: parsed.pattern, weight: specificity(parsed.pattern) }] : [];
  });
  return { damaged, ownPort, rules: compiled.sort((a, b) => b.weight - a.weight) };
}

/**
 * May this host be reached, by its name? A rule that denies wins over any that allows; without one that allows, it is denied. The answer
 * names the most specific rule. For a host that is an address, this is all there is to ask; for a name, see {@link decideAddress}.
 */
export function decideHost(compiled: HostRules, target: WebTarget): Decision {
  const refuse = (kind: string, rule: string): Decision => ({ allowed: false, kind, rule, subject: target.host.slice(0, 200) });
  if (compiled.damaged) return refuse("damaged", "the policy cannot be read");
  const about = compiled.rules.filter(({ match }) => matchesHost(match, target));
  const denying = about.find(({ effect }) => effect === "deny");
  if (denying) return refuse("host", ruleName(denying));
  const allowing = about.find(({ effect }) => effect === "allow");
  if (!allowing) return refuse("host", nothingAllows);
  const address = parseAddress(target.host);
  return address ? decideAddress(compiled, target, address) : { allowed: true, rule: ruleName(allowing) };
}

/** May this host, which {@link decideHost} allowed, be reached at this address? One that is not public needs a rule that says so. */
export function decideAddress(compiled: HostRules, target: WebTarget, address: IpAddress): Decision {
  const refuse = (kind: string, rule: string): Decision => ({ allowed: false, kind, rule, subject: target.host.slice(0, 200) });
  const special = specialRangeOf(address);
  // a run that reached it could try to be the person who sits here
  const isHere = special === "loopback" || special === "this computer";
  if (isHere && target.port === compiled.ownPort) return refuse("local", ownPage);
  const about = compiled.rules.filter(({ match }) => coversAddress(match, target, address));
  const denying = about.find(({ effect }) => effect === "deny");
  if (denying) return refuse("host", ruleName(denying));
  const allowing = about.find(({ effect }) => effect === "allow") ?? compiled.rules.find((rule) => opensPrivate(rule, target));
  if (special === undefined) return { allowed: true, rule: allowing ? ruleName(allowing) : "public address" };
  return allowing ? { allowed: true, rule: ruleName(allowing) } : refuse("address", `it leads to ${special}, which no rule names`);
}

/** The target of a web address, or why it is none that a run may open. `about:`, `data:` and `blob:` need no network: null. */
export function targetOf(address: string): WebTarget | { scheme: string } | null {
  const url = URL.parse(address);
  const protocol = url?.protocol.slice(0, -1) ?? "";
  const scheme = protocol === "http" || protocol === "ws" ? "http" : protocol === "https" || protocol === "wss" ? "https" : undefined;
  const host = url && scheme ? canonicalHost(url.hostname) : undefined;
  if (url && scheme && host) return { scheme, host, port: Number(url.port) || (scheme === "https" ? 443 : 80) };
  return url === null || ["about", "data", "blob", "javascript"].includes(protocol) ? null : { scheme: protocol.slice(0, 40) };
}

/** The rule as people write it. */
export function ruleName({ effect, pattern, private: isPrivate, by }: HostRule): string {
  return `${effect} ${pattern}${isPrivate ? " --private" : ""}${by === "server" ? " (set by the project)" : ""}`.slice(0, 200);
}

/** `*` and `*.example.com` never do; `localhost` is by its meaning this computer (RFC 6761). */
function opensPrivate({ effect, private: isPrivate, match }: CompiledRule, target: WebTarget): boolean {
  if (effect !== "allow" || match.host.kind === "any" || !matchesHost(match, target)) return false;
  const { host } = match;
  return isPrivate === true || (host.kind !== "range" && (host.name === "localhost" || host.name.endsWith(".localhost")));
}
