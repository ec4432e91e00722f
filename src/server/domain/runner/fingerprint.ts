import { createHash, createPublicKey, verify } from "node:crypto";
import { AppError } from "@/server/errors";

/**
 * Reads a device key and gives it in its one canonical form with the fingerprint that people compare: the first 128 bits of the
 * SHA-256 of the SPKI DER, as eight groups of four upper-case hexadecimal digits. The runner prints the same.
 * @throws AppError INVALID_INPUT for anything but an Ed25519 key
 */
export function readDeviceKey(publicKey: string): { publicKey: string; fingerprint: string } {
  let der: Buffer;
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
    if (key.asymmetricKeyType !== "ed25519") throw new Error("not an Ed25519 key");
    der = key.export({ format: "der", type: "spki" });
  } catch (cause) {
    throw new AppError("INVALID_INPUT", { userMessage: "publicKey: This is not an Ed25519 public key.", cause });
  }
  const digits = createHash("sha256").update(der).digest("hex").toUpperCase().slice(0, 32);
  return { publicKey: der.toString("base64"), fingerprint: digits.match(/.{4}/g)?.join("-") ?? "" };
}

/** Did one of these Ed25519 keys sign this text? What cannot be read is no. */
export function isSignedByOne(publicKeys: readonly string[], text: string, signature: string): boolean {
  return publicKeys.some((publicKey) => {
    try {
      const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
      return key.asymmetricKeyType === "ed25519" && verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
    } catch {
      return false;
    }
  });
}
