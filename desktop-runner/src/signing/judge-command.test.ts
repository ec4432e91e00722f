import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { type DeployManifest, type Manifest, SIGNATURE_LASTS_AT_MOST_MS, textToSign } from "@deskhand/shared/schemas/manifest";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { signatureRules } from "@deskhand/shared/schemas/refusal-words";
import {
  deleteProfileManifest,
  deployManifest,
  rerunManifest,
  type SigningKey,
  signManifest,
} from "@deskhand/shared/signing/make-manifest";
import { describe, expect, test } from "vitest";
import { judgeCommand } from "./judge-command.ts";
import type { LoadedSigners, Signer } from "./signers-file.ts";

const runnerId = randomUUID();
const [shop, other] = [randomUUID(), randomUUID()];
const workflow = { id: randomUUID(), version: 3 };
const recording: Recording = {
  title: "Buy",
  inputs: { properties: { item: { type: "string" }, password: { type: "string", writeOnly: true } } },
  steps: [{ type: "navigate", url: "https://shop.example/{{inputs.item}}" }],
};
const inputs = { item: "tea", password: { sealed: "ciphertext" } };
const now = Date.now();

type Key = SigningKey & { publicKey: string };

function newKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const spki = publicKey.export({ format: "der", type: "spki" });
  const keyId = createHash("sha256").update(spki).digest("hex");
  return { keyId, publicKey: spki.toString("base64"), sign: async (text) => sign(null, text, privateKey) };
}

const key = newKey();

function trusting(status: Signer["status"] = "approved", signer: Key = key): LoadedSigners {
  const { keyId, publicKey } = signer;
  const rest = { kind: "browser", name: "Chrome", person: "", approvedBy: null, askedAt: 0, decidedAt: null } as const;
  return { ok: true, signers: { version: 1, links: [], signers: [{ keyId, publicKey, status, ...rest }] } };
}

const manifestFor = (part: Partial<DeployManifest> = {}) =>
  deployManifest({ runnerId, workflow, recording, profileIds: [shop], inputs }, now).then((made) => ({ ...made, ...part }));
const signed = (manifest: Manifest, by: Key = key) => signManifest(by, manifest);

type Run = { signedManifest?: string; signedRerun?: string; profileId?: string; recording?: Recording; inputs?: object };

function judge(run: Run, { signers = trusting(), required = true, at = now } = {}) {
  const payload = { runId: randomUUID(), profileId: shop, workflowVersionId: randomUUID(), recording, inputs, ...run };
  const judged = judgeCommand({ command: { kind: "run.start", payload }, runnerId, signers, required, now: at });
  return judged.ok ? "ok" : judged.reason.rule;
}

function judgeDelete(profileId: string, signedManifest?: string) {
  const command = { kind: "profile.delete", payload: { profileId, signedManifest } } as const;
  const judged = judgeCommand({ command, runnerId, signers: trusting(), required: true, now });
  return judged.ok ? "ok" : judged.reason.rule;
}

describe("a run that its owner signed", () => {
  test("is carried out, on each profile that was signed for", async () => {
    const text = await signed(await manifestFor({ profileIds: [shop, other] }));
    expect(judge({ signedManifest: text })).toBe("ok");
    expect(judge({ signedManifest: text, profileId: other })).toBe("ok");
  });

  test("may have its inputs in another order, because order means nothing there", async () => {
    const { item, password } = inputs;
    expect(judge({ signedManifest: await signed(await manifestFor()), inputs: { password, item } })).toBe("ok");
  });

  test("is refused when anything of it was changed on the way", async () => {
    const signedManifest = await signed(await manifestFor());
    const { changed } = signatureRules;
    expect(judge({ signedManifest, profileId: other })).toBe(changed);
    expect(judge({ signedManifest, inputs: { ...inputs, item: "gold" } })).toBe(changed);
    expect(judge({ signedManifest, inputs: { ...inputs, password: { sealed: "another" } } })).toBe(changed);
    const steps = [...recording.steps, { type: "navigate" as const, url: "https://evil.example" }];
    expect(judge({ signedManifest, recording: { ...recording, steps } })).toBe(changed);
    expect(judge({ signedManifest, recording: { ...recording, inputs: { properties: { item: { type: "string" } } } } })).toBe(changed);
  });

  test("is refused when it was signed with less than it asks for on the screen", async () => {
    const permissions = { hosts: [], hostInputs: [], secrets: [], scripts: false };
    expect(judge({ signedManifest: await signed(await manifestFor({ permissions })) })).toBe(signatureRules.changed);
  });

  test("is refused by another runner, and when it is too late", async () => {
    expect(judge({ signedManifest: await signed(await manifestFor({ runnerId: randomUUID() })) })).toBe(signatureRules.otherRunner);
    const { expiresAt, ...rest } = await manifestFor();
    expect(judge({ signedManifest: await signed({ ...rest, expiresAt }) }, { at: expiresAt })).toBe(signatureRules.expired);
    const forever = { ...rest, expiresAt: now + SIGNATURE_LASTS_AT_MOST_MS + 1 };
    expect(judge({ signedManifest: await signed(forever) })).toBe(signatureRules.expired);
  });
});

describe("whose signature it is", () => {
  test("nobody's is refused, unless the owner does without", () => {
    expect(judge({})).toBe(signatureRules.missing);
    expect(judge({}, { required: false })).toBe("ok");
  });

  test("a key that was not approved, was turned away, revoked, or cannot be looked up says nothing", async () => {
    const signedManifest = await signed(await manifestFor());
    expect(judge({ signedManifest: await signed(await manifestFor(), newKey()) })).toBe(signatureRules.unknownKey);
    for (const status of ["pending", "rejected"] as const) {
      expect(judge({ signedManifest }, { signers: trusting(status) })).toBe(signatureRules.unknownKey);
    }
    expect(judge({ signedManifest }, { signers: trusting("revoked") })).toBe(signatureRules.revokedKey);
    expect(judge({ signedManifest }, { signers: { ok: false, reason: "damaged" } })).toBe(signatureRules.unknownKey);
  });

  test("another key's signature under an approved key's name is refused", async () => {
    const forger = newKey();
    const text = await signManifest({ ...forger, keyId: key.keyId }, await manifestFor());
    expect(judge({ signedManifest: text })).toBe(signatureRules.wrong);
    expect(judge({ signedManifest: text }, { required: false })).toBe(signatureRules.wrong);
  });

  test("another algorithm or form than the one there is cannot be read", async () => {
    const manifest = await manifestFor();
    const [, body, signature] = (await signed(manifest)).split(".");
    for (const header of [
      { alg: "none", typ: "deskhand-manifest", kid: key.keyId },
      { alg: "HS256", typ: "JWT", kid: key.keyId },
    ]) {
      const head = Buffer.from(JSON.stringify(header)).toString("base64url");
      expect(judge({ signedManifest: `${head}.${body}.${signature}` })).toBe(signatureRules.unreadable);
    }
    const more = textToSign(key.keyId, { ...manifest, extra: true } as Manifest);
    const bytes = new TextEncoder().encode(more);
    expect(judge({ signedManifest: `${more}.${Buffer.from(await key.sign(bytes)).toString("base64url")}` })).toBe(
      signatureRules.unreadable,
    );
  });

  test("where signatures are optional, one that is there must still be right", async () => {
    const signedManifest = await signed(await manifestFor());
    expect(judge({ signedManifest }, { required: false })).toBe("ok");
    expect(judge({ signedManifest, profileId: other }, { required: false })).toBe(signatureRules.changed);
    expect(judge({ signedManifest }, { required: false, signers: trusting("revoked") })).toBe(signatureRules.revokedKey);
    expect(judge({ signedManifest: await signed(await manifestFor(), newKey()) }, { required: false })).toBe("ok");
  });
});

describe("what is not a first run", () => {
  test("a rerun needs an order of its own, for that deployment and profile; the deployment's own may have expired", async () => {
    const manifest = await manifestFor();
    const signedManifest = await signed(manifest);
    const later = manifest.expiresAt + 1;
    const rerun = (of: string, profileId = shop) => signed(rerunManifest(runnerId, of, profileId, later));
    expect(judge({ signedManifest, signedRerun: await rerun(manifest.id) }, { at: later })).toBe("ok");
    expect(judge({ signedManifest, signedRerun: await rerun(randomUUID()) }, { at: later })).toBe(signatureRules.changed);
    expect(judge({ signedManifest, signedRerun: await rerun(manifest.id, other) }, { at: later })).toBe(signatureRules.changed);
    expect(judge({ signedManifest, signedRerun: signedManifest })).toBe(signatureRules.changed);
  });

  test("a profile is deleted only when that was signed, and a signature for it runs nothing", async () => {
    const order = await signed(deleteProfileManifest(runnerId, shop, now));
    expect(judgeDelete(shop, order)).toBe("ok");
    expect(judgeDelete(other, order)).toBe(signatureRules.changed);
    expect(judgeDelete(shop)).toBe(signatureRules.missing);
    expect(judgeDelete(shop, await signed(await manifestFor()))).toBe(signatureRules.changed);
    expect(judge({ signedManifest: order })).toBe(signatureRules.changed);
  });
});
