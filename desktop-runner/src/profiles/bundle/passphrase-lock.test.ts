import { randomBytes } from "node:crypto";
import { armor, Decrypter, Encrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { expect, test, vi } from "vitest";
import { isUnderPassphrase, passphraseIdentity, passphraseRecipient } from "./passphrase-lock.ts";

// the library's own key derivation takes its time on a busy machine
vi.setConfig({ testTimeout: 120_000 });

const content = new Uint8Array(randomBytes(1_000));
const opens = (sealed: Uint8Array, passphrase: string) => {
  const decrypter = new Decrypter();
  decrypter.addIdentity(passphraseIdentity(passphrase));
  return decrypter.decrypt(sealed);
};

test("what age sealed with a passphrase is opened, with that one only", async () => {
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(8);
  encrypter.setPassphrase("correct horse — ä");
  const sealed = await encrypter.encrypt(content);
  expect(await opens(sealed, "correct horse — ä")).toEqual(content);
  await expect(opens(sealed, "wrong")).rejects.toThrow("no identity matched");
});

test("age opens what was sealed here", async () => {
  const encrypter = new Encrypter();
  encrypter.addRecipient(passphraseRecipient("correct horse — ä"));
  const sealed = await encrypter.encrypt(content);
  const decrypter = new Decrypter();
  decrypter.addPassphrase("correct horse — ä");
  expect(await decrypter.decrypt(sealed)).toEqual(content);
});

test("what asks for more work than is good, or is not whole, is refused", async () => {
  const { Stanza } = await import("age-encryption");
  const { unwrapFileKey } = passphraseIdentity("x");
  const body = new Uint8Array(32);
  const salt = Buffer.alloc(16).toString("base64").replace(/=+$/, "");
  for (const args of [
    ["scrypt", salt, "21"],
    ["scrypt", "AAAA", "8"],
    ["scrypt", salt],
    ["scrypt", salt, "08"],
  ])
    await expect(unwrapFileKey([new Stanza(args, body)])).rejects.toThrow("invalid scrypt stanza");
  expect(await unwrapFileKey([new Stanza(["X25519", salt], body)])).toBe(null);
});

test("a file under a passphrase is told from others by its beginning, binary or armored", async () => {
  const under = new Encrypter();
  under.addRecipient(passphraseRecipient("correct horse"));
  const sealed = await under.encrypt(content);
  const toKey = new Encrypter();
  toKey.addRecipient(await identityToRecipient(await generateIdentity()));
  expect(isUnderPassphrase(Buffer.from(sealed.subarray(0, 300)))).toBe(true);
  expect(isUnderPassphrase(Buffer.from(armor.encode(sealed)))).toBe(true);
  expect(isUnderPassphrase(Buffer.from(await toKey.encrypt(content)))).toBe(false);
  expect(isUnderPassphrase(Buffer.from("# Netscape HTTP Cookie File\n-> scrypt "))).toBe(false);
});
