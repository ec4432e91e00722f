import { createHash } from "node:crypto";
import { keyFingerprint, signingPublicKey } from "@deskhand/shared/schemas/manifest";
import * as z from "zod";
import { type RunnerHome, readJsonFile, writeJsonFile } from "../identity/home.ts";

const signer = z.strictObject({
  /** SHA-256 of the public key, in hexadecimal. */
  keyId: z.string().regex(/^[0-9a-f]{64}$/),
  /** Ed25519, SPKI DER in base64. */
  publicKey: signingPublicKey,
  kind: z.enum(["browser", "cli"]),
  name: z.string().min(1).max(200),
  /** Whose it is, as the server says. */
  person: z.string().max(320),
  status: z.enum(["pending", "approved", "rejected", "revoked"]),
  /** How it was approved: by the link that this device printed, by a person on the device, or by the command line in this folder. */
  approvedBy: z.enum(["link", "device", "folder"]).nullable(),
  /** Milliseconds since the epoch. */
  askedAt: z.number().int(),
  decidedAt: z.number().int().nullable(),
});
/** A key that signs, or would like to, and what was decided about it on this device. */
export type Signer = z.infer<typeof signer>;

const link = z.strictObject({ /** 32 random bytes, base64url. */ secret: z.string().regex(/^[\w-]{43}$/), expiresAt: z.number().int() });

const signersFile = z.strictObject({
  version: z.literal(1),
  signers: z.array(signer).max(500),
  /** Links that were printed and not used: whoever has the secret may approve one key. */
  links: z.array(link).max(20),
});
export type Signers = z.infer<typeof signersFile>;

const nobody: Signers = { version: 1, signers: [], links: [] };

/** A file that cannot be read trusts nobody. */
export type LoadedSigners = { ok: true; signers: Signers } | { ok: false; reason: string };

export function loadSigners(home: RunnerHome): LoadedSigners {
  try {
    const data = readJsonFile(home.signersFile);
    return { ok: true, signers: data === undefined ? nobody : signersFile.parse(data) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { ok: false, reason: `${home.signersFile} ${code ? `cannot be read (${code})` : "is damaged"}` };
  }
}

/** Writes the file whole or not at all, mode 600. */
export function saveSigners(home: RunnerHome, signers: Signers): void {
  writeJsonFile(home.signersFile, signersFile.parse(signers));
}

/** SHA-256 of a public key (SPKI DER in base64), in hexadecimal. */
export function keyIdOf(publicKey: string): string {
  return createHash("sha256").update(Buffer.from(publicKey, "base64")).digest("hex");
}

/** The key as a person compares it. */
export function fingerprintOfSigner({ keyId }: Pick<Signer, "keyId">): string {
  return keyFingerprint(keyId);
}
