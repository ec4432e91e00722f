import type { PastedProxy } from "@deskhand/shared/schemas/parse-proxies";
import { newProxy } from "@deskhand/shared/schemas/proxy";
import { readProxySecret } from "@deskhand/shared/schemas/proxy-secret";
import { armor, Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { expect, it } from "vitest";
import { sealProxy } from "./seal-proxy.ts";

const pasted: PastedProxy = {
  name: null,
  scheme: "http",
  host: "proxy.example",
  port: 8080,
  username: "ann",
  password: "p-w",
  changeUrl: null,
};

it("seals the password to every runner at once, for this proxy alone", async () => {
  const keys = await Promise.all([generateIdentity(), generateIdentity()]);
  const sealed = await sealProxy(await Promise.all(keys.map(identityToRecipient)), crypto.randomUUID(), pasted);
  expect(newProxy.safeParse(sealed).success).toBe(true);
  expect(JSON.stringify(sealed)).not.toContain("p-w");
  expect(sealed.changeUrlSealed).toBeNull();
  for (const key of keys) {
    const decrypter = new Decrypter();
    decrypter.addIdentity(key);
    const text = await decrypter.decrypt(armor.decode(sealed.passwordSealed ?? ""), "text");
    expect(readProxySecret(text, pasted)).toBe("p-w");
    expect(readProxySecret(text, { ...pasted, host: "evil.example" })).toBeUndefined();
  }
});
