import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import * as z from "zod";
import { type RunnerHome, readJsonFile, writeJsonFile } from "./home.ts";

const identityFile = z.object({
  v: z.literal(1),
  /** Ed25519, PKCS8 DER in base64. */
  deviceKey: z.string().min(1),
  /** Proposed to the server, which may or may not know it yet. */
  nextDeviceKey: z.string().min(1).optional(),
  /** The one before, for a server that went back in time. */
  previousDeviceKey: z.string().min(1).optional(),
  ageIdentity: z.string().startsWith("AGE-SECRET-KEY-1"),
  sealRecipient: z.string().startsWith("age1"),
});

/** The secret part, as it is written to the folder. */
export type IdentityKeys = { file: IdentityFile; identity: RunnerIdentity };

export type IdentityFile = z.infer<typeof identityFile>;

export type RunnerIdentity = {
  readonly keys: IdentityKeys;
  /** Ed25519 public key, SPKI DER in base64. */
  publicKey: string;
  /** age X25519 recipient that secret inputs are sealed to. */
  sealRecipient: string;
  fingerprint: string;
  /** Opens armored age ciphertext. Throws when it was sealed to another runner or is damaged. */
  unseal(armored: string): Promise<string>;
};

/** SHA-256 of the public key (SPKI DER) as people compare it: 32 hex digits in groups of four. */
export function fingerprintOf(spki: Uint8Array): string {
  const hex = createHash("sha256").update(spki).digest("hex").toUpperCase().slice(0, 32);
  return hex.match(/.{4}/g)?.join("-") ?? hex;
}

/** The identity in the folder, or undefined when there is none. Throws when the file is damaged. */
export function loadIdentity(home: RunnerHome): RunnerIdentity | undefined {
  const data = readJsonFile(home.identityFile);
  if (data === undefined) return undefined;
  const file = identityFile.parse(data);
  return identityFrom(file);
}

/** New keys, written nowhere yet. */
export async function newIdentity(): Promise<IdentityKeys> {
  const { generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const deviceKey = newDeviceKey();
  const ageIdentity = await generateX25519Identity();
  return identityFrom({ v: 1, deviceKey, ageIdentity, sealRecipient: await identityToRecipient(ageIdentity) }).keys;
}

/** A new Ed25519 private key, PKCS8 DER in base64. */
export function newDeviceKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
}

const readKey = (deviceKey: string) => createPrivateKey({ key: Buffer.from(deviceKey, "base64"), format: "der", type: "pkcs8" });

/** The public key of a device key, SPKI DER. */
export function publicKeyOf(deviceKey: string): Buffer {
  return createPublicKey(readKey(deviceKey)).export({ format: "der", type: "spki" });
}

/** An Ed25519 signature in base64. */
export function signWith(deviceKey: string, text: string): string {
  return sign(null, Buffer.from(text, "utf8"), readKey(deviceKey)).toString("base64");
}

/** Writes the keys to the folder, over those that were there. */
export function saveIdentity(home: RunnerHome, keys: IdentityKeys): void {
  writeJsonFile(home.identityFile, keys.file);
}

/** Seals a text to a runner's recipient; only that runner can open it. */
export async function sealTo(recipient: string, text: string): Promise<string> {
  const { armor, Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(text));
}

function identityFrom(file: z.infer<typeof identityFile>): RunnerIdentity {
  const spki = publicKeyOf(file.deviceKey);
  const identity: RunnerIdentity = {
    get keys() {
      return { file, identity };
    },
    publicKey: spki.toString("base64"),
    sealRecipient: file.sealRecipient,
    fingerprint: fingerprintOf(spki),
    async unseal(armored) {
      // loaded when the first secret comes: most runs have none, and the always-on process stays small
      const { armor, Decrypter } = await import("age-encryption");
      const decrypter = new Decrypter();
      decrypter.addIdentity(file.ageIdentity);
      return await decrypter.decrypt(armor.decode(armored), "text");
    },
  };
  return identity;
}
