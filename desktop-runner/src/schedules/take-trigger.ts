import type { RunStartPayload } from "@deskhand/shared/protocol/commands";
import { checkTriggerValues } from "@deskhand/shared/schedule/trigger-values";
import { canonicalJson } from "@deskhand/shared/schemas/canonical-json";
import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import { inTransaction } from "../journal/database.ts";
import type { Journal } from "../journal/journal.ts";
import type { Definition } from "./schedule-table.ts";

const hourMs = 60 * 60_000;

type Asked = {
  journal: Journal;
  commandId: string;
  payload: RunStartPayload;
  /** The deployment as it was installed here; undefined when it is not, or is paused. */
  definition: Definition | undefined;
  now: number;
};

/**
 * May the server begin this run in the name of a webhook? Only what was installed here and still is, as it was installed, on its profiles,
 * with values for inputs that it may set, no more often in an hour than was signed, and each firing once for each profile.
 */
export function takeTrigger({ journal, commandId, payload, definition, now }: Asked): boolean {
  const { triggered, profileId } = payload;
  const when = definition?.schedule.when;
  if (!definition || !triggered || when?.kind !== "webhook" || triggered.chain) return false;
  if (!definition.profiles.some((profile) => profile.profileId === profileId)) return false;
  if (contentOf(payload) !== contentOf(definition)) return false;
  const read = parseRecordingData(definition.recording);
  if (!read.ok || checkTriggerValues(read.recording.inputs, when.inputs, triggered.inputs)) return false;
  const { database } = journal;
  const { deploymentId } = definition;
  return inTransaction(database, () => {
    database.prepare("delete from trigger_uses where at < ?").run(now - 24 * hourMs);
    const known = database
      .prepare("select command_id from trigger_uses where firing_id = ? and profile_id = ?")
      .get(triggered.firingId, profileId);
    if (known) return known.command_id === commandId;
    const others = database
      .prepare("select count(distinct firing_id) as count from trigger_uses where deployment_id = ? and at > ? and firing_id <> ?")
      .get(deploymentId, now - hourMs, triggered.firingId);
    if (Number(others?.count) >= when.perHour) return false;
    database
      .prepare("insert into trigger_uses (firing_id, profile_id, deployment_id, command_id, at) values (?, ?, ?, ?, ?)")
      .run(triggered.firingId, profileId, deploymentId, commandId, now);
    return true;
  });
}

function contentOf({
  recording,
  workflows,
  inputs,
  signedManifest,
}: Pick<Definition, "recording" | "workflows" | "inputs" | "signedManifest">) {
  return canonicalJson({ recording, workflows, inputs, signedManifest });
}
