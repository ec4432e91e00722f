import * as z from "zod";
import { taskKinds } from "../protocol/task-kinds.ts";
import { canonicalJson } from "./canonical-json.ts";
import { id } from "./common.ts";
import { permissions } from "./permissions.ts";
import { schedule } from "./schedule.ts";

/** SHA-256 in hexadecimal. */
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** How long a signature for something that is done once holds, milliseconds: longer than a command waits for its runner. */
export const SIGNATURE_LASTS_MS = 2 * 24 * 60 * 60_000;
/** The longest that a runner accepts, milliseconds. */
export const SIGNATURE_LASTS_AT_MOST_MS = 32 * 24 * 60 * 60_000;
/** Characters of a signed manifest: enough for 1,000 profiles. */
export const MANIFEST_MAX_LENGTH = 80_000;

const common = {
  v: z.literal(1),
  /** Made by the signer; the runner does what it says once. */
  id,
  /** The only runner that it is for. */
  runnerId: id,
  /** Milliseconds since the epoch. */
  signedAt: z.number().int().min(0),
  expiresAt: z.number().int().min(0),
};

/** Strict, each of them: what a runner does not know may mean something that it would not keep. */
export const manifest = z.discriminatedUnion("kind", [
  /** One run of this workflow version on each of the profiles. */
  z.strictObject({
    ...common,
    kind: z.literal("deploy"),
    workflow: z.strictObject({ id, version: z.number().int().min(1), /** Of the canonical JSON of the recording. */ hash }),
    profileIds: z.array(id).min(1).max(1000),
    /** Of the canonical JSON of the inputs that the workflow declares; null when it declares none. */
    inputsSchema: hash.nullable(),
    /** Of the canonical JSON of the inputs as they are sent: defaults filled in, secrets sealed. */
    inputs: hash,
    /** When the runner has it run by itself; null: once, now. */
    schedule: schedule.nullable(),
    permissions,
  }),
  /** One more run of what the manifest `of` said, on one of its profiles. */
  z.strictObject({ ...common, kind: z.literal("rerun"), of: id, profileId: id }),
  /** The end of a profile: its state is removed from the runner. */
  z.strictObject({ ...common, kind: z.literal("delete-profile"), profileId: id }),
  /** Anything else that is done once: a command of this kind with this payload. */
  z.strictObject({
    ...common,
    kind: z.literal("order"),
    command: z.enum(taskKinds),
    /** Of the canonical JSON of the payload, without who asked and the signature itself. */
    payload: hash,
  }),
]);
export type Manifest = z.infer<typeof manifest>;
export type DeployManifest = Extract<Manifest, { kind: "deploy" }>;

/** A manifest with its signature: a JWS in compact form (RFC 7515), EdDSA over Ed25519 (RFC 8037). */
export const signedManifest = z
  .string()
  .max(MANIFEST_MAX_LENGTH)
  .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/, "This is not a signed manifest.");

/** An Ed25519 public key, SPKI DER in base64. */
export const signingPublicKey = z.base64().min(40).max(120);

const header = z.strictObject({ alg: z.literal("EdDSA"), typ: z.literal("deskhand-manifest"), kid: hash });

export type ReadManifest = {
  manifest: Manifest;
  /** SHA-256 of the signer's public key (SPKI DER) in hexadecimal. */
  keyId: string;
  /** The bytes that were signed. */
  signed: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
};

/** The text to sign. The signature, as base64url, is put behind it with a dot. */
export function textToSign(keyId: string, content: Manifest): string {
  const head = canonicalJson({ alg: "EdDSA", typ: "deskhand-manifest", kid: keyId } satisfies z.infer<typeof header>);
  return `${toBase64Url(new TextEncoder().encode(head))}.${toBase64Url(new TextEncoder().encode(canonicalJson(content)))}`;
}

/** Takes it apart without trusting any of it: the signature is still to be verified. Undefined when it cannot be read. */
export function readManifest(text: string): ReadManifest | undefined {
  if (!signedManifest.safeParse(text).success) return undefined;
  const [head = "", body = "", signature = ""] = text.split(".");
  try {
    const { kid } = header.parse(JSON.parse(fromBase64UrlText(head)));
    const content = manifest.parse(JSON.parse(fromBase64UrlText(body)));
    return { manifest: content, keyId: kid, signed: new TextEncoder().encode(`${head}.${body}`), signature: fromBase64Url(signature) };
  } catch {
    return undefined;
  }
}

/** What an `order` is signed over: all of a payload but who asked, which the server adds, and the signature itself. */
export function orderedPayload(payload: object): object {
  return Object.fromEntries(
    Object.entries(payload).filter(([key, value]) => key !== "requestedBy" && key !== "signedManifest" && value !== undefined),
  );
}

/** The same 128 bits of a key's id as people compare them: groups of four. */
export function keyFingerprint(keyId: string): string {
  return keyId.toUpperCase().slice(0, 32).match(/.{4}/g)?.join("-") ?? keyId;
}

/** What proves, with the secret of the link that the device printed as the key (HMAC-SHA-256), that this key is the link's reader's. */
export function approvalText(runnerId: string, publicKey: string): string {
  return ["deskhand-signer-approval-v1", runnerId, publicKey].join("\n");
}

/** What a key signs to show that whoever registers it has it. */
export function registrationText(publicKey: string, projectId: string): string {
  return ["deskhand-signing-key-v1", projectId, publicKey].join("\n");
}

export function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @throws DOMException when it is not base64url */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}

function fromBase64UrlText(text: string): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(fromBase64Url(text));
}
