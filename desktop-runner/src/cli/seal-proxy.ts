import { randomUUID } from "node:crypto";
import type { PastedProxy } from "@deskhand/shared/schemas/parse-proxies";
import type { NewProxy } from "@deskhand/shared/schemas/proxy";
import { proxySecretText } from "@deskhand/shared/schemas/proxy-secret";

/** A pasted proxy as the server is given it: its secrets sealed so that each of these runners can open them, and nobody else. */
export async function sealProxy(recipients: readonly string[], pasted: PastedProxy): Promise<NewProxy> {
  const { armor, Encrypter } = await import("age-encryption");
  const { name, scheme, host, port, username, password, changeUrl } = pasted;
  const seal = async (secret: string | null) => {
    if (secret === null) return null;
    const encrypter = new Encrypter();
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    return armor.encode(await encrypter.encrypt(proxySecretText(pasted, secret)));
  };
  const [passwordSealed, changeUrlSealed] = await Promise.all([seal(password), seal(changeUrl)]);
  return { id: randomUUID(), name, scheme, host, port, username, passwordSealed, changeUrlSealed };
}
