import * as z from "zod";
import { errorCodes } from "../error-codes.ts";
import { id } from "../schemas/common.ts";

/** What a runner says in socket.io's `auth` when it opens the connection. */
export const runnerAuth = z.object({
  runnerId: id,
  protocol: z.object({ min: z.number().int().min(1), max: z.number().int().min(1) }),
});
export type RunnerAuth = z.infer<typeof runnerAuth>;

/** Server to runner, first message, answered by {@link proof}. */
export const challenge = z.object({ v: z.literal(1), nonce: z.base64().min(40).max(100) });
export type Challenge = z.infer<typeof challenge>;

/**
 * The runner's answer. `joinId` is the join that the server accepted last, `nextJoinId` the one proposed now: it is written to
 * disk before it is sent, so a lost welcome can be repeated, while a copied folder presents a join that has been left behind.
 */
export const proof = z.object({
  v: z.literal(1),
  signature: z.base64().min(80).max(100),
  instanceId: id,
  joinId: id.nullable(),
  nextJoinId: id,
  /** The runner's clock, milliseconds since the epoch. */
  clock: z.number().int(),
  version: z.string().max(40),
  browser: z.object({ name: z.string().max(80), version: z.string().max(80) }).nullable(),
  /** A claim: which computer this is, as a hash that means something for this runner only. Absent when it does not know. */
  hardwareId: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
export type Proof = z.infer<typeof proof>;

/** The bytes that the device key (Ed25519) signs. Everything that is decided upon is bound in. */
export function proofText(runnerId: string, nonce: string, p: Pick<Proof, "instanceId" | "joinId" | "nextJoinId">): string {
  return ["deskhand-runner-proof-v1", runnerId, nonce, p.instanceId, p.joinId ?? "-", p.nextJoinId].join("\n");
}

/** hello-ok: the connection is accepted and these are its limits. */
export const welcome = z.object({
  v: z.literal(1),
  protocol: z.number().int(),
  maxPayloadBytes: z.number().int(),
  /** Most run events in one message, and most commands under way at once. */
  eventWindow: z.number().int(),
  commandWindow: z.number().int(),
  heartbeatMs: z.number().int(),
  leaseMs: z.number().int(),
  /** The server's clock, milliseconds since the epoch. */
  clock: z.number().int(),
  /** The project's tightening of the runner's policy, read on its own. A server that sends it takes policy reports. */
  tightening: z.unknown().optional(),
  /** Who would like to sign for this runner, read on its own. */
  signers: z.unknown().optional(),
});
export type Welcome = z.infer<typeof welcome>;

/** The person has not accepted this runner yet: stay connected and wait. */
export const waiting = z.object({ v: z.literal(1), status: z.literal("pending"), fingerprint: z.string() });
export type Waiting = z.infer<typeof waiting>;

/** The connection ends. With `final` the runner stops and tells its owner what to do; otherwise it tries again later. */
export const refused = z.object({ v: z.literal(1), code: z.enum(errorCodes), final: z.boolean() });
export type Refused = z.infer<typeof refused>;

/** Runner to server, before it leaves on purpose: it is not missed until it is back. Older servers do not know it and say so. */
export const goodbye = z.object({ v: z.literal(1) });
export type Goodbye = z.infer<typeof goodbye>;
