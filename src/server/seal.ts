import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a text is sealed for: what was sealed for one thing does not open as another. */
export type SealPurpose = "deskhand-instance-address" | "deskhand-webhook-secret";

/**
 * Makes a text unreadable, and impossible to make up, for whoever does not have the secret that all server processes share.
 * AES-256-GCM under a key that follows from the secret and the purpose (HKDF); base64url, safe in an address.
 */
export function sealText(secret: string, purpose: SealPurpose, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyFrom(secret, purpose), nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
}

/** The text, or undefined for anything that {@link sealText} did not make with this secret for this purpose. */
export function openText(secret: string, purpose: SealPurpose, sealedText: string): string | undefined {
  const bytes = Buffer.from(sealedText, "base64url");
  const [nonce, tag, sealed] = [
    bytes.subarray(0, NONCE_BYTES),
    bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES),
    bytes.subarray(NONCE_BYTES + TAG_BYTES),
  ];
  if (tag.length < TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", keyFrom(secret, purpose), nonce).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

function keyFrom(secret: string, purpose: SealPurpose): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", purpose, 32));
}
