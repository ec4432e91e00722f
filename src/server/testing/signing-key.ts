import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { registrationText } from "@deskhand/shared/schemas/manifest";
import type { SigningKey as Signs } from "@deskhand/shared/signing/make-manifest";
import type { Db } from "@/server/db";
import type { SigningKey } from "@/server/generated/prisma/client";

type TestKey = Signs & { publicKey: string; signature: string };

/** A key as a browser makes it, with what registers it in the project. */
export function makeSigningKey(projectId: string): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const spki = publicKey.export({ format: "der", type: "spki" });
  const text = spki.toString("base64");
  return {
    publicKey: text,
    keyId: createHash("sha256").update(spki).digest("hex"),
    signature: sign(null, Buffer.from(registrationText(text, projectId)), privateKey).toString("base64"),
    sign: async (bytes) => sign(null, bytes, privateKey),
  };
}

/** What registers a new key in the project. */
export function newSigningKey(projectId: string): { publicKey: string; signature: string } {
  const { publicKey, signature } = makeSigningKey(projectId);
  return { publicKey, signature };
}

/** A registered key, straight in the database. */
export function createSigningKey(db: Db, key: TestKey, data: { projectId: string; createdById: string }): Promise<SigningKey> {
  const { publicKey, keyId } = key;
  return db.signingKey.create({ data: { ...data, publicKey, keyId, kind: "browser", name: "Chrome on Linux", createdAt: new Date() } });
}
