import * as z from "zod";
import { signingPublicKey } from "../schemas/manifest.ts";
import { signingKeyKind } from "../schemas/signing-key.ts";

/** Keys that one runner is asked to trust, or has decided about, at most. */
export const MAX_SIGNERS = 100;

/**
 * Of whom the server says that they would like to sign for this runner, and whose keys were revoked. It can only ask and take away:
 * who may sign is decided on the runner. In `welcome` and in the answer to each policy report, and by itself when it changes.
 */
export const signerWishes = z.object({
  requests: z
    .array(
      z.object({
        publicKey: signingPublicKey,
        kind: signingKeyKind,
        name: z.string().min(1).max(200),
        /** Whose it is, as the server says. */
        person: z.string().max(320),
        proof: z.string().max(100).nullable(),
      }),
    )
    .max(MAX_SIGNERS),
  /** Ids of keys. */
  revoked: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(1000),
});
export type SignerWishes = z.infer<typeof signerWishes>;

/** Server to runner: the wishes have changed. */
export const signers = z.object({ v: z.literal(1), wishes: z.unknown() });

/** What the runner decided; part of the policy report. */
export const signingReport = z.object({
  /** It does nothing that is not signed by a key that was approved on it. */
  required: z.boolean(),
  signers: z
    .array(z.object({ keyId: z.string().regex(/^[0-9a-f]{64}$/), status: z.enum(["pending", "approved", "rejected", "revoked"]) }))
    .max(500),
});
export type SigningReport = z.infer<typeof signingReport>;
