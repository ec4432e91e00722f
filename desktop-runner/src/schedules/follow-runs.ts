import { readFile } from "node:fs/promises";
import path from "node:path";
import { LONGEST_CHAIN, type TriggerValues } from "@deskhand/shared/protocol/triggered";
import { readTriggerValues } from "@deskhand/shared/schedule/trigger-values";
import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import type { FiringReason } from "@deskhand/shared/schemas/schedule";
import type { Cause, Definition } from "./schedule-table.ts";

/** A run that has ended, as far as what comes after it has to know. */
export type EndedRun = {
  workflowId: string;
  deploymentId: string | undefined;
  profileId: string;
  succeeded: boolean;
  chain: readonly string[];
  /** Where it left its files. */
  folder: string;
};

/** What a deployment that comes after this run is begun with, or why it is not; undefined when it does not come after it. */
export async function followRun(
  definition: Definition,
  run: EndedRun,
): Promise<{ cause: Cause; profiles: Definition["profiles"]; reason: FiringReason | null } | undefined> {
  const { when } = definition.schedule;
  if (when.kind !== "after" || when.workflowId !== run.workflowId) return undefined;
  if (when.on !== "either" && (when.on === "success") !== run.succeeded) return undefined;
  const profiles = when.sameProfile ? definition.profiles.filter(({ profileId }) => profileId === run.profileId) : definition.profiles;
  if (profiles.length === 0) return undefined;
  const chain = [...run.chain, ...(run.deploymentId ? [run.deploymentId] : [])];
  const refuse = (reason: FiringReason) => ({ cause: { inputs: {} as TriggerValues, chain: [] }, profiles, reason });
  if (chain.includes(definition.deploymentId) || chain.length >= LONGEST_CHAIN) return refuse("LOOP");
  const parsed = parseRecordingData(definition.recording);
  const result = Object.keys(when.inputs).length === 0 ? {} : await readResult(run.folder);
  const read = parsed.ok ? readTriggerValues(parsed.recording.inputs, when.inputs, result) : undefined;
  return read?.ok ? { cause: { inputs: read.values, chain }, profiles, reason: null } : refuse("INPUTS_WRONG");
}

/** What the run read; nothing when it read nothing, or when that is gone already. */
async function readResult(folder: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path.join(folder, "result.json"), "utf8"));
  } catch {
    return {};
  }
}
