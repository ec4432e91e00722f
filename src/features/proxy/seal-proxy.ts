import type { PastedProxy } from "@deskhand/shared/schemas/parse-proxies";
import type { NewProxy } from "@deskhand/shared/schemas/proxy";
import { proxySecretText } from "@deskhand/shared/schemas/proxy-secret";
import { armor, Encrypter } from "age-encryption";

type Endpoint = { host: string; port: number; username: string | null };

/** Seals a secret of a proxy so that each of these runners can open it, and nobody else. */
export async function sealForProxy(recipients: readonly string[], proxy: Endpoint, secret: string): Promise<string> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(proxySecretText(proxy, secret)));
}

/** A pasted proxy as the server is given it. */
export async function sealProxy(recipients: readonly string[], id: string, pasted: PastedProxy): Promise<NewProxy> {
  const { name, scheme, host, port, username, password, changeUrl } = pasted;
  const seal = (secret: string | null) => (secret === null ? null : sealForProxy(recipients, pasted, secret));
  const [passwordSealed, changeUrlSealed] = await Promise.all([seal(password), seal(changeUrl)]);
  return { id, name, scheme, host, port, username, passwordSealed, changeUrlSealed };
}
