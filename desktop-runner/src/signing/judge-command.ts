import { createHash, createPublicKey, verify } from "node:crypto";
import { runStartPayload } from "@deskhand/shared/protocol/commands";
import type { TaskKind } from "@deskhand/shared/protocol/task-kinds";
import { taskPayloads } from "@deskhand/shared/protocol/tasks";
import { canonicalJson } from "@deskhand/shared/schemas/canonical-json";
import {
  type DeployManifest,
  keyFingerprint,
  type Manifest,
  orderedPayload,
  readManifest,
  SIGNATURE_LASTS_AT_MOST_MS,
} from "@deskhand/shared/schemas/manifest";
import { permissionsOf } from "@deskhand/shared/schemas/permissions";
import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import { signatureRules } from "@deskhand/shared/schemas/refusal-words";
import type { RefusalReason } from "../policy/network-policy.ts";
import type { LoadedSigners, Signer } from "./signers-file.ts";

export type Judged =
  /** `manifest` is what its owner signed; absent where signatures are optional and there is none. `deployed` is what a rerun repeats. */
  { ok: true; manifest?: Manifest; deployed?: DeployManifest; signer?: Signer } | { ok: false; reason: RefusalReason };

type Judge = {
  /** `isScheduled`: begun here, by a schedule that was judged when it was installed. */
  command: { kind: "run.start" | TaskKind; payload: unknown; isScheduled?: boolean };
  runnerId: string;
  signers: LoadedSigners;
  required: boolean;
  now: number;
};

/**
 * Was this command signed, by a key that was approved here, for this runner, and is it what was signed? Whether the signature was used
 * up is for the journal. What is signed must be right also where signatures are optional.
 */
export function judgeCommand({ command, runnerId, signers, required, now }: Judge): Judged {
  const given = readPayload(command);
  const [last, first] = [given?.signed.at(-1), given?.signed[0]];
  if (!given || !last || !first) return required ? refuse("missing") : { ok: true };
  const checked = given.signed.map((text, index) =>
    checkSigned(text, { runnerId, signers, now, mayBeExpired: given.isScheduled || index < given.signed.length - 1 }),
  );
  const wrong = checked.find((one) => !one.ok);
  if (wrong && !wrong.ok) {
    // a key that nobody decided about here says nothing, neither for nor against
    return !required && wrong.reason.rule === signatureRules.unknownKey ? { ok: true } : wrong;
  }
  const [of, order] = [checked[0], checked.at(-1)];
  if (!of?.ok || !order?.ok) return refuse("unreadable");
  const changed = whatChanged(given, of.manifest, order.manifest);
  if (changed) return refuse("changed", changed);
  return {
    ok: true,
    manifest: order.manifest,
    signer: order.signer,
    ...(of.manifest.kind === "deploy" ? { deployed: of.manifest } : {}),
  };
}

/** A refusal because of a signature, as it is recorded. */
export function refuse(rule: keyof typeof signatureRules, subject = "signature"): { ok: false; reason: RefusalReason } {
  return { ok: false, reason: { kind: "signature", rule: signatureRules[rule], subject } };
}

type Given = {
  /** What was signed first, and last the order to do it now: the same one but for a rerun. */
  signed: string[];
  profileIds: string[];
  isScheduled: boolean;
  /** Of a task: what an order for it says. */
  task?: { command: TaskKind; payload: string };
  workflowId?: string | undefined;
  /** Names of the inputs that what began it has set. */
  varied?: string[];
  run?: { workflowHash: string; inputsSchema: string | null; inputs: string; permissions: string; schedule: string | undefined };
};

function readPayload({ kind, payload, isScheduled = false }: Judge["command"]): Given | undefined {
  if (kind === "schedule.install") {
    const parsed = taskPayloads[kind].safeParse(payload);
    if (!parsed.success) return undefined;
    const { profiles, recording, inputs, signedManifest, schedule, workflowId } = parsed.data;
    if (!signedManifest) return { profileIds: [], isScheduled, signed: [] };
    const run = hashesOf(recording, inputs);
    const profileIds = profiles.map(({ profileId }) => profileId);
    return run && { profileIds, isScheduled, workflowId, signed: [signedManifest], run: { ...run, schedule: canonicalJson(schedule) } };
  }
  if (kind !== "run.start") {
    const parsed = taskPayloads[kind].safeParse(payload);
    if (!parsed.success) return undefined;
    const { signedManifest, profileId } = parsed.data as { signedManifest?: string; profileId?: string };
    const profileIds = profileId === undefined ? [] : [profileId];
    // over what came, and not over what was made of it here: defaults that a newer runner fills in were not signed
    const task = { command: kind, payload: hashOf(orderedPayload(payload as object)) };
    return { profileIds, isScheduled, task, signed: signedManifest ? [signedManifest] : [] };
  }
  const parsed = runStartPayload.safeParse(payload);
  if (!parsed.success) return undefined;
  const { profileId, recording, inputs, signedManifest, signedRerun, workflowId, triggered } = parsed.data;
  if (!signedManifest) return { profileIds: [profileId], isScheduled, signed: [] };
  const run = hashesOf(recording, inputs);
  const signed = signedRerun ? [signedManifest, signedRerun] : [signedManifest];
  const varied = Object.keys(triggered?.inputs ?? {});
  return run && { profileIds: [profileId], isScheduled, workflowId, varied, signed, run: { ...run, schedule: undefined } };
}

function hashesOf(recording: unknown, inputs: unknown): Omit<NonNullable<Given["run"]>, "schedule"> | undefined {
  const read = parseRecordingData(recording);
  if (!read.ok) return undefined;
  return {
    workflowHash: hashOf(read.recording),
    inputsSchema: read.recording.inputs ? hashOf(read.recording.inputs) : null,
    inputs: hashOf(inputs),
    permissions: canonicalJson(permissionsOf(read.recording)),
  };
}

type CheckSigned = { runnerId: string; signers: LoadedSigners; now: number; mayBeExpired: boolean };
type Checked = { ok: true; manifest: Manifest; signer: Signer } | { ok: false; reason: RefusalReason };

function checkSigned(text: string, { runnerId, signers, now, mayBeExpired }: CheckSigned): Checked {
  const read = readManifest(text);
  if (!read) return refuse("unreadable");
  const { manifest, keyId, signed, signature } = read;
  const signer = signers.ok ? signers.signers.signers.find((one) => one.keyId === keyId) : undefined;
  const name = keyFingerprint(keyId);
  if (signer?.status === "revoked") return refuse("revokedKey", name);
  if (signer?.status !== "approved") return refuse("unknownKey", name);
  const key = createPublicKey({ key: Buffer.from(signer.publicKey, "base64"), format: "der", type: "spki" });
  if (key.asymmetricKeyType !== "ed25519" || !verify(null, signed, key, signature)) return refuse("wrong", name);
  if (manifest.runnerId !== runnerId) return refuse("otherRunner");
  const tooLong = manifest.expiresAt - manifest.signedAt > SIGNATURE_LASTS_AT_MOST_MS;
  if (!mayBeExpired && (manifest.expiresAt <= now || tooLong)) return refuse("expired");
  return { ok: true, manifest, signer };
}

/** The part that differs from what was signed; undefined when nothing does. */
function whatChanged(given: Given, of: Manifest, order: Manifest): string | undefined {
  const { task } = given;
  if (task) {
    if (order.kind === "delete-profile" && task.command === "profile.delete") {
      return given.profileIds.includes(order.profileId) ? undefined : "the profile";
    }
    return order.kind === "order" && order.command === task.command && order.payload === task.payload ? undefined : "what is to be done";
  }
  if (of.kind !== "deploy" || !given.run) return "what is to be done";
  if (order !== of) {
    if (order.kind !== "rerun" || order.of !== of.id) return "what is to be done";
    if (!given.profileIds.includes(order.profileId)) return "the profile";
  }
  const { run } = given;
  if (!given.profileIds.every((id) => of.profileIds.includes(id))) return "the profile";
  // a schedule's run repeats what was judged with it; a rerun may be of one of them
  const mayHaveSchedule = given.isScheduled || order !== of;
  if (run.schedule !== (of.schedule ? canonicalJson(of.schedule) : undefined) && !(mayHaveSchedule && run.schedule === undefined)) {
    return "when it runs";
  }
  if (of.workflow.hash !== run.workflowHash || (given.workflowId ?? of.workflow.id) !== of.workflow.id) return "the workflow";
  const when = of.schedule?.when;
  const mayVary = when?.kind === "webhook" || when?.kind === "after" ? Object.keys(when.inputs) : [];
  if (!given.varied?.every((name) => mayVary.includes(name)) && given.varied?.length) return "the inputs";
  if (of.inputsSchema !== run.inputsSchema || of.inputs !== run.inputs) return "the inputs";
  return canonicalJson(of.permissions) === run.permissions ? undefined : "what it asks for";
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
