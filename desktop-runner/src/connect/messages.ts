import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import type { NetworkPolicy, RefusalReason } from "../policy/network-policy.ts";
import type { ProxyFailureCode } from "../policy/upstream/proxy-failure.ts";
import type { ProxyCandidate } from "../proxies/proxy-desk.ts";

/** What the runner and the process that holds one connected profile say to each other over IPC. Both come from one build. */
export type ConnectOrder = {
  type: "connect";
  /** Absolute; holds the profile's state, its lock, and its browser's folder when it has one. */
  profileDir: string;
  settings: ProfileSettings;
  /** The pages that are open when a client comes, in this order; an empty one when there are none. */
  urls: string[];
  policy: NetworkPolicy;
  /** What it may leave by, the first choice first; none for a profile without a proxy. */
  proxies: ProxyCandidate[];
  /** Of loopback; 0 for any that is free. */
  port: number;
  /** Without a word from a client for this long it ends, milliseconds. */
  idleMs: number;
};

export type ToConnection = ConnectOrder | { type: "policy"; policy: NetworkPolicy } | { type: "close" };

/** Where a client connects; both hold the session's token. */
export type ConnectAddress = { ws: string; http: string };

export type ConnectEnd =
  | "CLOSED"
  | "IDLE"
  | "PROFILE_BUSY"
  | "PROFILE_STATE_CORRUPT"
  | "BROWSER_MISSING"
  | "BROWSER_CRASHED"
  | "RUNNER_DISK_FULL"
  | "PORT_TAKEN"
  | ProxyFailureCode
  | "PROXY_MISSING"
  | "POOL_MISSING"
  | "PROXY_MISMATCH"
  | "POLICY_DENIED"
  | "INTERNAL";

/** `reason` makes the code's words more exact; it names hosts at most. */
export type Ending = { code: ConnectEnd; reason?: string | undefined };

export type FromConnection =
  | ({ type: "ready"; browser: string } & ConnectAddress)
  | { type: "client"; connected: boolean }
  | { type: "saved"; bytes: number; at: number }
  | { type: "refused"; reason: RefusalReason; at: number }
  | { type: "proxy-failed"; proxyId: string }
  | { type: "proxy-exit"; mismatch: string | null }
  | { type: "profile-flags"; flags: string[] }
  /** What whoever connects should know of the profile's proxy: it does not fit the identity, or another one had to be taken. */
  | { type: "warning"; message: string }
  | { type: "proxy-used"; proxyId: string; sent: number; received: number }
  /** The last message; the browser is gone and the profile free. */
  | ({ type: "ended" } & Ending);
