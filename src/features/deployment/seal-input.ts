import { armor, Encrypter } from "age-encryption";

/** Seals a secret to the runner's age recipient, armored. Only that runner can open it. */
export async function sealInput(recipient: string, value: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(value));
}
