import { createHash } from "node:crypto";
import { runStartPayload } from "@deskhand/shared/protocol/commands";
import { canonicalJson } from "@deskhand/shared/schemas/canonical-json";
import { parseRecordingData, type Recording } from "@deskhand/shared/schemas/recording";
import { type InputValues, resolveInputs, secretInputNames } from "@deskhand/shared/schemas/recording-inputs";
import type { RunFailureCode } from "@deskhand/shared/schemas/run-failure";
import type { ProfileTable } from "../profiles/profile-table.ts";
import type { TaskServices } from "../tasks/task.ts";

export type PreparedRun = {
  runId: string;
  profileId: string;
  recording: Recording;
  workflows?: Record<string, Recording>;
  /** a test of the recording */
  test?: string;
  /** after its steps, a person shows more of them */
  record?: boolean;
  /** in a window on this computer's screen */
  window?: boolean;
  /** its steps are not carried out: a person tries a draft */
  trial?: boolean;
  inputs: InputValues;
  totp?: string;
};

export type Preparation = { ok: true; run: PreparedRun } | { ok: false; code: RunFailureCode; reason: string };

/** Reads what the server sent once more on this side: the recording, and the inputs with their seals opened. No reason holds a value. */
export async function prepareRun(
  payload: unknown,
  { unseal, profiles }: Pick<TaskServices, "unseal"> & { profiles: Pick<ProfileTable, "get" | "isDeleted"> },
): Promise<Preparation> {
  const parsed = runStartPayload.safeParse(payload);
  if (!parsed.success) return { ok: false, code: "STEP_INVALID", reason: "The run cannot be read." };
  const { runId, profileId, recording, inputs, test, record, window, trial } = parsed.data;
  // a schedule of this runner may not have heard of it yet
  if (profiles.isDeleted(profileId)) return { ok: false, code: "PROFILE_GONE", reason: "The profile was deleted." };
  const read = parseRecordingData(recording);
  if (!read.ok) return { ok: false, code: "STEP_INVALID", reason: read.issues[0]?.message ?? "The recording cannot be read." };

  const workflows = readWorkflows(parsed.data.workflows);
  if (!workflows) return { ok: false, code: "STEP_INVALID", reason: "A workflow that this one runs is not what its hash says." };

  const secretInputs = secretInputNames(read.recording.inputs);
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(inputs)) {
    if (typeof value !== "object") {
      // a secret in clear has been seen by the server: it is refused rather than used
      if (secretInputs.includes(name)) return { ok: false, code: "INPUT_INVALID", reason: `The secret input "${name}" is not sealed.` };
      given[name] = value;
      continue;
    }
    try {
      given[name] = await unseal(value.sealed);
    } catch {
      return { ok: false, code: "INPUT_INVALID", reason: `The input "${name}" is not sealed to this runner.` };
    }
  }
  for (const [name, value] of Object.entries(parsed.data.triggered?.inputs ?? {})) {
    if (secretInputs.includes(name)) return { ok: false, code: "INPUT_INVALID", reason: `The secret input "${name}" is not sealed.` };
    given[name] = value;
  }
  const resolved = resolveInputs(read.recording.inputs, given);
  if (!resolved.ok) return { ok: false, code: "INPUT_INVALID", reason: resolved.issues[0]?.message ?? "An input is not valid." };
  const sealed = profiles.get(profileId).settings.totp;
  // one that was sealed to the runner that the profile has left is entered again; a workflow that needs no code runs all the same
  const totp = sealed ? await unseal(sealed).catch(() => undefined) : undefined;
  return {
    ok: true,
    run: {
      runId,
      profileId,
      recording: read.recording,
      ...(workflows.length > 0 && { workflows: Object.fromEntries(workflows) }),
      ...(test !== undefined && { test }),
      ...(record && { record }),
      ...(record && window && { window }),
      ...(trial && { trial }),
      inputs: resolved.values,
      ...(totp !== undefined && { totp }),
    },
  };
}

/**
 * Each has to be what its hash says: what was signed names them by nothing else. Those that no step names are of no use to anybody, and
 * do no harm. Undefined when one is not.
 */
function readWorkflows(given: Record<string, unknown> = {}): [hash: string, recording: Recording][] | undefined {
  const found: [string, Recording][] = [];
  for (const [hash, document] of Object.entries(given)) {
    const read = parseRecordingData(document);
    if (!read.ok || createHash("sha256").update(canonicalJson(read.recording)).digest("hex") !== hash) return undefined;
    found.push([hash, read.recording]);
  }
  return found;
}
