import { describeRunFailure } from "@deskhand/shared/schemas/run-failure";

export const proxyFailureCodes = [
  "PROXY_UNREACHABLE",
  "PROXY_AUTH_FAILED",
  "PROXY_TIMEOUT",
  "PROXY_REFUSED",
  "PROXY_CHECK_FAILED",
] as const;
export type ProxyFailureCode = (typeof proxyFailureCodes)[number];

/** What went wrong with which proxy. The reason names its host at most: never what was signed in with. */
export class ProxyFailure extends Error {
  override readonly name = "ProxyFailure";
  readonly code: ProxyFailureCode;
  readonly reason: string;
  readonly proxyId: string | undefined;

  constructor(code: ProxyFailureCode, reason: string, proxyId?: string) {
    super(describeRunFailure(code, { reason }).title);
    this.code = code;
    this.reason = reason;
    this.proxyId = proxyId;
  }

  /** It is the proxy's own: another one would do better. A site that it does not connect to is not. */
  get isProxys(): boolean {
    return this.code !== "PROXY_REFUSED" && this.code !== "PROXY_CHECK_FAILED";
  }
}
