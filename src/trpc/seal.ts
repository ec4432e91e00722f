import { armor, Encrypter } from "age-encryption";

/** Seals a text to a runner's age recipient, armored. Only that runner can open it. */
export async function sealFor(recipient: string, text: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(text));
}
