import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import type { Identity, Recipient } from "age-encryption";

/**
 * age's way with a passphrase (C2SP age.md, "The scrypt recipient type") with Node's own scrypt, on another thread. The library's is JavaScript,
 * which takes minutes in the runner that is always on and has no compiler, and lets nothing else happen meanwhile.
 */
const label = Buffer.from("age-encryption.org/v1/scrypt");
const saltLength = 16;
const tagLength = 16;
const fileKeyLength = 16;
/** As age itself does: two to the power of this. */
const usualWork = 18;
/** What somebody else made may ask for so much at most: 1 GB of memory. */
const mostWork = 20;

/** Of a file's first 200 bytes or more: is it sealed under a passphrase, and so asks for one? Binary or armored. */
export function isUnderPassphrase(beginning: Buffer): boolean {
  const text = beginning.toString("latin1");
  const [, armored] = /^-----BEGIN AGE ENCRYPTED FILE-----\r?\n([A-Za-z0-9+/]+)/.exec(text) ?? [];
  const header = armored === undefined ? text : Buffer.from(armored, "base64").toString("latin1");
  return /^age-encryption\.org\/v1\n-> scrypt /.test(header);
}

export function passphraseRecipient(passphrase: string): Recipient {
  return {
    wrapFileKey: async (fileKey) => {
      const { Stanza } = await import("age-encryption");
      const salt = randomBytes(saltLength);
      const cipher = createCipheriv("chacha20-poly1305", await keyOf(passphrase, salt, usualWork), Buffer.alloc(12), {
        authTagLength: tagLength,
      });
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
      return [new Stanza(["scrypt", salt.toString("base64").replace(/=+$/, ""), String(usualWork)], new Uint8Array(body))];
    },
  };
}

export function passphraseIdentity(passphrase: string): Identity {
  return {
    unwrapFileKey: async (stanzas) => {
      const [stanza] = stanzas.filter(({ args }) => args[0] === "scrypt");
      if (!stanza) return null;
      const [, saltText = "", workText = ""] = stanza.args;
      const salt = Buffer.from(saltText, "base64");
      const work = Number(workText);
      const isWhole = stanzas.length === 1 && stanza.args.length === 3 && salt.length === saltLength && /^[1-9]\d?$/.test(workText);
      if (!isWhole || work > mostWork || stanza.body.length !== fileKeyLength + tagLength) throw new Error("invalid scrypt stanza");
      const decipher = createDecipheriv("chacha20-poly1305", await keyOf(passphrase, salt, work), Buffer.alloc(12), {
        authTagLength: tagLength,
      });
      decipher.setAuthTag(stanza.body.subarray(fileKeyLength));
      try {
        return new Uint8Array(Buffer.concat([decipher.update(stanza.body.subarray(0, fileKeyLength)), decipher.final()]));
      } catch {
        // another passphrase
        return null;
      }
    },
  };
}

function keyOf(passphrase: string, salt: Buffer, work: number): Promise<Buffer> {
  const cost = 2 ** work;
  // scrypt needs 128 bytes for each block of each round, and a little more
  const settings = { N: cost, r: 8, p: 1, maxmem: 128 * 8 * (cost + 16) };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, Buffer.concat([label, salt]), 32, settings, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
