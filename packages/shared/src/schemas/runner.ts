import * as z from "zod";
import { id, inProject, instant, name } from "./common.ts";
import { hostPattern } from "./host-pattern.ts";

export const runnerStatus = z.enum(["pending", "accepted", "rejected", "revoked", "locked"]);
export type RunnerStatus = z.infer<typeof runnerStatus>;

/** Eight characters of Crockford's base 32, written XXXX-XXXX; valid for 10 minutes, once. */
export const pairingCode = z
  .string()
  .trim()
  .toUpperCase()
  .transform((code) => code.replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1"))
  .pipe(z.string().regex(/^[0-9A-HJKMNP-TV-Z]{8}$/, "A pairing code has eight letters and digits, like 7K3M-Q9XD."));

export const pairingCodeView = z.object({
  code: z.string(),
  expiresAt: instant,
  /** The command that a person runs on the other machine. */
  command: z.string(),
});

export const pairRunnerInput = z.object({
  code: pairingCode,
  name,
  platform: z.string().min(1).max(40),
  arch: z.string().min(1).max(20),
  version: z.string().min(1).max(40),
  /** Ed25519 public key, SPKI DER in base64 (44 bytes). */
  publicKey: z.base64().min(40).max(120),
  /** age X25519 recipient. */
  sealRecipient: z.string().regex(/^age1[0-9a-z]{58}$/, "Not an age recipient."),
});

export const pairedRunnerView = z.object({ runnerId: id, projectId: id, status: runnerStatus, fingerprint: z.string() });

/** What a project asks a runner to refuse beyond its own policy. */
const tighteningFields = {
  deniedHosts: z.array(z.string()),
  /** Of one download; null leaves it to the runner. */
  maxDownloadBytes: z.number().int().nullable(),
  /** No run begins until it is resumed. */
  paused: z.boolean().default(false),
};

/** What a runner said last of its own policy; what it allows stays on it. */
export const runnerPolicyView = z.object({
  paused: z.boolean(),
  quietUntil: instant.nullable(),
  /** It cannot be read, so that everything is refused. */
  damaged: z.boolean(),
  /** No host is allowed. */
  empty: z.boolean(),
});
export type RunnerPolicyView = z.infer<typeof runnerPolicyView>;

export const tightenRunnerInput = z.object({
  id,
  deniedHosts: z.array(hostPattern).max(200, "At most 200 hosts."),
  maxDownloadBytes: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable(),
  /** As it is when absent. */
  paused: z.boolean().optional(),
});

export const refusalView = z.object({
  id,
  runId: id.nullable(),
  /** host, address, scheme, download, member, damaged, widening; more may come. */
  kind: z.string(),
  /** The rule that refused. */
  rule: z.string(),
  /** The host, or what else was refused. */
  subject: z.string(),
  count: z.number().int(),
  /** The run ended because of it. */
  fatal: z.boolean(),
  firstAt: instant,
  lastAt: instant,
});
export type RefusalView = z.infer<typeof refusalView>;
export const refusalList = z.object({ items: z.array(refusalView) });

export const runnerView = z.object({
  id,
  projectId: id,
  name: z.string(),
  platform: z.string(),
  arch: z.string(),
  version: z.string(),
  fingerprint: z.string(),
  /** When the device key was made; it is replaced after 90 days. */
  keyCreatedAt: instant,
  /** A new key was asked for that the runner has not made yet. */
  keyRotationRequested: z.boolean(),
  sealRecipient: z.string(),
  status: runnerStatus,
  statusReason: z.string().nullable(),
  online: z.boolean(),
  browser: z.string().nullable(),
  profileCount: z.number().int(),
  activeRunCount: z.number().int(),
  /** What is added to its clock to get the server's, milliseconds; null until it has connected. */
  clockOffsetMs: z.number().int().nullable(),
  lastSeenAt: instant.nullable(),
  createdAt: instant,
  /** Null while the runner has said nothing of it. */
  policy: runnerPolicyView.nullable().default(null),
  /** It does nothing that is not signed by a key that was approved on it; turned off on its computer only. False until it has said so. */
  signaturesRequired: z.boolean().default(false),
  tightening: z.object(tighteningFields).default({ deniedHosts: [], maxDownloadBytes: null, paused: false }),
});
export type RunnerView = z.infer<typeof runnerView>;
export const runnerList = z.object({ items: z.array(runnerView) });

export const listRunnersInput = inProject.extend({ status: runnerStatus.optional() });
export const renameRunnerInput = z.object({ id, name });
