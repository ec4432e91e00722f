import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * This process's address as a part of a path that outsiders carry and other processes read: they cannot see it, and cannot make one
 * that leads elsewhere. AES-256-GCM under a key that follows from the secret that all processes share.
 */
export function sealAddress(secret: string, address: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyFrom(secret), nonce);
  const sealed = Buffer.concat([cipher.update(address, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
}

/** The address, or undefined for anything that {@link sealAddress} did not make with this secret. */
export function openAddress(secret: string, text: string): URL | undefined {
  const bytes = Buffer.from(text, "base64url");
  const [nonce, tag, sealed] = [
    bytes.subarray(0, NONCE_BYTES),
    bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES),
    bytes.subarray(NONCE_BYTES + TAG_BYTES),
  ];
  if (tag.length < TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", keyFrom(secret), nonce).setAuthTag(tag);
    return new URL(Buffer.concat([decipher.update(sealed), decipher.final()]).toString("utf8"));
  } catch {
    return undefined;
  }
}

function keyFrom(secret: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", "deskhand-instance-address", 32));
}
