import * as z from "zod";

/** Server to runner: the device key is due for a new one. Nothing is answered; the runner proposes one when it can. */
export const rotateKey = z.object({ v: z.literal(1) });

/**
 * Runner to server, on a connection that it proved: from now on this is my key. Answered by a receipt; said again on each connection
 * until it is taken, so that no moment exists at which neither side knows a key that the other accepts.
 */
export const keyRotation = z.object({
  v: z.literal(1),
  /** The new Ed25519 public key, SPKI DER in base64. */
  publicKey: z.base64().min(40).max(120),
  /** Of {@link keyRotationText}, by the new key. */
  signature: z.base64().min(80).max(100),
  /** Of the same, by the key that it follows. */
  previousSignature: z.base64().min(80).max(100),
});
export type KeyRotation = z.infer<typeof keyRotation>;

/** The bytes that both keys sign. */
export function keyRotationText(runnerId: string, publicKey: string): string {
  return ["deskhand-runner-key-rotation-v1", runnerId, publicKey].join("\n");
}
