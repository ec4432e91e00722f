import * as z from "zod";
import { id, inProject, instant, name } from "./common.ts";
import { signingPublicKey } from "./manifest.ts";

/** Where the key is held: by a browser that cannot give it away, or in the command line's file. */
export const signingKeyKind = z.enum(["browser", "cli"]);

/** What a runner says of a key. `requested`: it has not heard of it yet. */
export const signerStatus = z.enum(["requested", "pending", "approved", "rejected", "revoked"]);
export type SignerStatus = z.infer<typeof signerStatus>;

export const registerSigningKeyInput = inProject.extend({
  /** Ed25519, SPKI DER in base64. */
  publicKey: signingPublicKey,
  kind: signingKeyKind,
  name,
  /** Of `registrationText`, by the key, in base64. */
  signature: z.base64().min(80).max(100),
});

export const signingKeyView = z.object({
  id,
  projectId: id,
  /** SHA-256 of the public key, in hexadecimal. */
  keyId: z.string(),
  /** The same as people compare it. */
  fingerprint: z.string(),
  kind: signingKeyKind,
  name: z.string(),
  ownerName: z.string(),
  /** It is the caller's. */
  own: z.boolean(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
  runners: z.array(z.object({ runnerId: id, runnerName: z.string(), status: signerStatus })),
});
export type SigningKeyView = z.infer<typeof signingKeyView>;
export const signingKeyList = z.object({ items: z.array(signingKeyView) });

export const requestSignerInput = z.object({
  /** The runner's. */
  id,
  signingKeyId: id,
  /** HMAC-SHA-256 of `approvalText` with the secret of the device's link, base64url: approves it without a second step. */
  proof: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional(),
});
