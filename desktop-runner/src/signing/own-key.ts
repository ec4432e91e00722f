import { generateKeyPairSync } from "node:crypto";
import { hostname } from "node:os";
import type { SigningKey } from "@deskhand/shared/signing/make-manifest";
import * as z from "zod";
import { ensureHome, type RunnerHome, readJsonFile, writeJsonFile } from "../identity/home.ts";
import { publicKeyOf, signWith } from "../identity/identity.ts";
import { keyIdOf } from "./signers-file.ts";

const keyFile = z.object({
  v: z.literal(1),
  /** Ed25519, PKCS8 DER in base64. */
  privateKey: z.string().min(1),
});

export type OwnKey = SigningKey & {
  /** SPKI DER in base64. */
  publicKey: string;
  name: string;
  signText(text: string): string;
};

/** The key that this folder's command line signs with, made at its first use. @throws when the file cannot be read or written */
export function ownKey(home: RunnerHome): OwnKey {
  const known = readJsonFile(home.signingKeyFile);
  const privateKey = known === undefined ? makeKey(home) : keyFile.parse(known).privateKey;
  const publicKey = publicKeyOf(privateKey).toString("base64");
  return {
    publicKey,
    keyId: keyIdOf(publicKey),
    name: `Command line on ${hostname()}`.slice(0, 80),
    sign: async (bytes) => Buffer.from(signWith(privateKey, Buffer.from(bytes).toString("utf8")), "base64"),
    signText: (text) => signWith(privateKey, text),
  };
}

function makeKey(home: RunnerHome): string {
  const privateKey = generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
  ensureHome(home);
  writeJsonFile(home.signingKeyFile, { v: 1, privateKey });
  return privateKey;
}
