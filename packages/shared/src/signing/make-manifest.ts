import type { TaskKind } from "../protocol/task-kinds.ts";
import { canonicalJson } from "../schemas/canonical-json.ts";
import type { InputValues } from "../schemas/deployment.ts";
import { type DeployManifest, type Manifest, orderedPayload, SIGNATURE_LASTS_MS, textToSign, toBase64Url } from "../schemas/manifest.ts";
import { permissionsOf } from "../schemas/permissions.ts";
import type { Recording } from "../schemas/recording.ts";
import { resolveInputs, secretInputNames } from "../schemas/recording-inputs.ts";
import type { Schedule } from "../schemas/schedule.ts";

/** A key that signs; where it is held is its own business. */
export type SigningKey = {
  /** SHA-256 of the public key (SPKI DER), in hexadecimal. */
  keyId: string;
  /** Ed25519. */
  sign(text: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
};

type Deploy = {
  runnerId: string;
  workflow: { id: string; version: number };
  /** As it was read by `parseRecording`. */
  recording: Recording;
  profileIds: readonly string[];
  /** As they are sent: see {@link inputsToSend}. */
  inputs: InputValues;
  /** When it runs by itself; once, now, when absent. */
  schedule?: Schedule | undefined;
};

/** What a person signs to have this version run on each of the profiles. Of `now` in milliseconds, it has to begin within two days. */
export async function deployManifest(deploy: Deploy, now = Date.now()): Promise<DeployManifest> {
  const { runnerId, workflow, recording, profileIds, inputs } = deploy;
  return {
    ...orderFor(runnerId, now),
    kind: "deploy",
    workflow: { ...workflow, hash: await hashOf(recording) },
    profileIds: [...new Set(profileIds)],
    inputsSchema: recording.inputs ? await hashOf(recording.inputs) : null,
    inputs: await hashOf(inputs),
    schedule: deploy.schedule ?? null,
    permissions: permissionsOf(recording),
  };
}

/** One more run of what was signed as `of`. */
export function rerunManifest(runnerId: string, of: string, profileId: string, now = Date.now()): Manifest {
  return { ...orderFor(runnerId, now), kind: "rerun", of, profileId };
}

export function deleteProfileManifest(runnerId: string, profileId: string, now = Date.now()): Manifest {
  return { ...orderFor(runnerId, now), kind: "delete-profile", profileId };
}

/** One task, as its payload says: see `orderedPayload`. */
export async function orderManifest(runnerId: string, command: TaskKind, payload: object, now = Date.now()): Promise<Manifest> {
  return { ...orderFor(runnerId, now), kind: "order", command, payload: await hashOf(orderedPayload(payload)) };
}

/** Signs it: a JWS in compact form. */
export async function signManifest(key: SigningKey, manifest: Manifest): Promise<string> {
  const text = textToSign(key.keyId, manifest);
  return `${text}.${toBase64Url(await key.sign(new TextEncoder().encode(text)))}`;
}

/**
 * The values as the server stores them, so that what was signed is what the runner gets: of the declared types, with the defaults
 * filled in. Secrets are sealed by the caller; those without a value are left to their declaration. Undefined when they are not valid.
 */
export function inputsToSend(
  declared: Recording["inputs"],
  given: Readonly<Record<string, unknown>>,
): { plain: InputValues; secret: Record<string, string> } | undefined {
  const resolved = resolveInputs(declared, given);
  if (!resolved.ok) return undefined;
  const secrets = new Set(secretInputNames(declared));
  const plain: InputValues = {};
  const secret: Record<string, string> = {};
  for (const [name, value] of Object.entries(resolved.values)) {
    if (!secrets.has(name)) plain[name] = value;
    else if (Object.hasOwn(given, name)) secret[name] = String(value);
  }
  return { plain, secret };
}

/** SHA-256 of the canonical JSON, in hexadecimal. */
async function hashOf(value: unknown): Promise<string> {
  return sha256(new TextEncoder().encode(canonicalJson(value)));
}

/** In hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function orderFor(runnerId: string, now: number) {
  return { v: 1 as const, id: crypto.randomUUID(), runnerId, signedAt: now, expiresAt: now + SIGNATURE_LASTS_MS };
}
