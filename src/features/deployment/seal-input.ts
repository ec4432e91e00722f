import { armor, Encrypter } from "age-encryption";

/** Can this page seal? Browsers offer the cryptography only on https and on localhost. */
export function canSeal(): boolean {
  return typeof globalThis.crypto?.subtle === "object";
}

/** Seals a secret to the runner's age recipient, armored. Only that runner can open it. */
export async function sealInput(recipient: string, value: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(value));
}
