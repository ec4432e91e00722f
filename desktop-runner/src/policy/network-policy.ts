/** A rule about hosts. `private` lets names that it allows lead to addresses that are not public. */
export type HostRule = { effect: "allow" | "deny"; pattern: string; private?: boolean | undefined; by: "device" | "server" };

/** What the worker holds against each connection and download. */
export type NetworkPolicy = {
  rules: HostRule[];
  /** Bytes of one download, and whose limit it is. */
  maxDownload: { bytes: number; by: "device" | "server" };
  /** What runs may do beyond the browser; nothing where it is not said. */
  code?: boolean | undefined;
  files?: boolean | undefined;
  /** The policy cannot be read: everything is refused. */
  damaged: boolean;
  /** The port of the runner's local page, which no run may reach on this computer, whatever the rules allow. */
  ownPort?: number | undefined;
};

/** What was refused and why, as it is recorded: see `refusal` of the protocol. */
export type RefusalReason = { kind: string; rule: string; subject: string };

/** Refuses everything, for a time without a policy. */
export const closedPolicy: NetworkPolicy = { rules: [], maxDownload: { bytes: 0, by: "device" }, damaged: false };
