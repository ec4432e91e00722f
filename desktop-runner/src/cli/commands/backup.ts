import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import { type PruneReport, prune } from "../../backup/engine/prune.ts";
import { chooseSnapshot, restore } from "../../backup/engine/restore.ts";
import { runBackup, runVerify } from "../../backup/run-backup.ts";
import { loadBackupSettings, saveBackupSettings } from "../../backup/setup/backup-settings.ts";
import { type Conduct, withRepository } from "../../backup/with-repository.ts";
import { type RunnerHome, runnerHome } from "../../identity/home.ts";
import { backupFailure } from "../backup-failure.ts";
import type { CommandContext } from "../command.ts";
import { countWords } from "../count-words.ts";
import { usageError } from "../failure.ts";

/** Progress is told at most this often, milliseconds. */
const tellEveryMs = 500;

/** `deskhand backup run`. Ends with 1 when something that is newer elsewhere could not be taken over. */
export async function runNow(_flags: object, context: CommandContext): Promise<number> {
  return backupFailure(async () => {
    const { snapshot, profiles, files, bytes, bytesRead, bytesSent, inUse, pulled, waiting, failed, conflicts } = await runBackup(
      runnerHome(context.env),
      conduct(context),
    );
    const more = [
      ...(inUse.length > 0 ? [`${inUse.length} in use: their browser's files are as they were saved before.`] : []),
      ...(pulled.length > 0 ? [`${pulled.length} taken over from other runners.`] : []),
      ...(waiting.length > 0 ? [`${waiting.length} newer elsewhere and in use here: taken over another time.`] : []),
      ...conflicts.map(
        ({ profileId, snapshotId, kept }) =>
          `${profileId} was changed here and elsewhere: the one from ${kept} stays, the other one is in snapshot ${snapshotId}.`,
      ),
    ];
    for (const { profileId, code } of failed)
      context.output.tell({ type: "failed", profileId, code }, `${profileId} was not taken over: ${code}`);
    context.output.result(
      { snapshotId: snapshot.id, profiles, files, bytes, bytesRead, bytesSent, inUse, pulled, waiting, failed, conflicts },
      [
        `Saved ${countWords(profiles, "profile")} (${bytesWords(bytes)}, ${bytesWords(bytesSent)} sent) as snapshot ${snapshot.id}.`,
        ...more,
      ].join("\n"),
    );
    return failed.length > 0 ? 1 : 0;
  });
}

/** `deskhand backup list [SNAPSHOT]` */
export async function listSnapshots(wanted: string | undefined, _flags: object, context: CommandContext): Promise<number> {
  const { output, env } = context;
  return backupFailure(() =>
    withRepository(runnerHome(env), conduct(context), async ({ repository, writer }) => {
      const { snapshots, unreadable } = await repository.loadSnapshots();
      if (wanted !== undefined) {
        const { id, profiles } = chooseSnapshot(snapshots, wanted, writer.id);
        for (const { id: profileId, files, bytes, inUse, version } of profiles) {
          output.tell(
            { type: "profile", profileId, files, bytes, inUse, version },
            `${profileId}  ${bytesWords(bytes)}  version ${version.n}${inUse ? "  in use" : ""}`,
          );
        }
        output.result({ snapshotId: id, count: profiles.length });
        return 0;
      }
      for (const { id, at, kind, writer: by, profiles } of snapshots.toReversed()) {
        const bytes = profiles.reduce((sum, profile) => sum + profile.bytes, 0);
        const time = new Date(at).toISOString();
        output.tell(
          { type: "snapshot", snapshotId: id, at: time, kind, writer: by, profiles: profiles.length, bytes },
          `${id}  ${time}  ${by.name}  ${kind === "conflict" ? `conflict of ${profiles[0]?.id}` : countWords(profiles.length, "profile")}  ${bytesWords(bytes)}`,
        );
      }
      for (const name of unreadable) output.tell({ type: "unreadable", name }, `${name.slice(0, 12)}…  cannot be read`);
      output.result(
        { count: snapshots.length, unreadable: unreadable.length },
        snapshots.length === 0 ? "There are no snapshots." : undefined,
      );
      return 0;
    }),
  );
}

/** `deskhand backup restore [SNAPSHOT]`. Ends with 1 when some profiles could not be put back. */
export async function restoreNow(snapshotId: string | undefined, flags: { profile?: string[] }, context: CommandContext): Promise<number> {
  return backupFailure(() =>
    withRepository(runnerHome(context.env), conduct(context), async (operation) => {
      const { snapshot, restored, failed, bytes, policy } = await restore(operation, {
        snapshotId,
        profileIds: flags.profile,
        withPolicy: !flags.profile,
      });
      for (const { profileId, code } of failed)
        context.output.tell({ type: "failed", profileId, code }, `${profileId} was not put back: ${code}`);
      context.output.result(
        { snapshotId: snapshot.id, restored, failed, bytes, policy },
        `Put ${countWords(restored.length, "profile")} back (${bytesWords(bytes)}) from snapshot ${snapshot.id}.${policy ? " The policy came back too." : ""}`,
      );
      return failed.length > 0 ? 1 : 0;
    }),
  );
}

/** `deskhand backup verify`. Ends with 1 when something is lost or changed. */
export async function verifyNow(flags: { sample?: string }, context: CommandContext): Promise<number> {
  const percent = flags.sample === undefined ? undefined : wholeNumber(flags.sample, "--sample", 1, 100);
  return backupFailure(async () => {
    const report = await runVerify(runnerHome(context.env), percent === undefined ? undefined : percent / 100, conduct(context));
    const { packsRead, packs, snapshots, changed, missingChunks, hit, hitSnapshots, isWhole } = report;
    for (const name of changed) context.output.tell({ type: "changed", name }, `Not what was written: ${name}`);
    for (const { profileId, snapshotIds } of hit) {
      context.output.tell(
        { type: "hit", profileId, snapshotIds },
        `${profileId} has lost something in ${countWords(snapshotIds.length, "snapshot")}`,
      );
    }
    context.output.result(
      { isWhole, packsRead, packs, snapshots, missingChunks, changed: changed.length, hit: hit.length, hitSnapshots },
      isWhole
        ? `All is there: ${countWords(snapshots, "snapshot")}, ${packsRead} of ${countWords(packs, "pack")} read.`
        : "Something is lost or changed. What is still here is saved again by the next backup.",
    );
    return isWhole ? 0 : 1;
  });
}

type KeepFlags = { keepLast?: string; keepDaily?: string; keepWeekly?: string; keepMonthly?: string };

/** `deskhand backup prune` */
export async function pruneNow({ keepLast, keepDaily, keepWeekly, keepMonthly }: KeepFlags, context: CommandContext): Promise<number> {
  const home = runnerHome(context.env);
  return backupFailure(async () => {
    const settings = loadBackupSettings(home);
    const rules = { ...settings.retention };
    if (keepLast) rules.last = wholeNumber(keepLast, "--keep-last", 1, 10_000);
    if (keepDaily) rules.daily = wholeNumber(keepDaily, "--keep-daily", 0, 10_000);
    if (keepWeekly) rules.weekly = wholeNumber(keepWeekly, "--keep-weekly", 0, 10_000);
    if (keepMonthly) rules.monthly = wholeNumber(keepMonthly, "--keep-monthly", 0, 10_000);
    saveBackupSettings(home, { ...settings, retention: rules });
    return tellPruned(home, context, { rules });
  });
}

/** `deskhand backup forget SNAPSHOT…` */
export async function forgetSnapshots(snapshots: string[], _flags: object, context: CommandContext): Promise<number> {
  return backupFailure(() => tellPruned(runnerHome(context.env), context, { forget: snapshots }));
}

async function tellPruned(home: RunnerHome, context: CommandContext, what: Parameters<typeof prune>[1]): Promise<number> {
  const report: PruneReport = await withRepository(home, conduct(context), (operation) => prune(operation, what));
  const { kept, removed, packsRemoved, packsRewritten, bytesFreed } = report;
  context.output.result(
    { kept, removed, packsRemoved, packsRewritten, bytesFreed },
    `Removed ${countWords(removed.length, "snapshot")} and ${bytesWords(bytesFreed)}; ${kept} stay.`,
  );
  return 0;
}

let interruption: AbortController | undefined;

function interrupted(): AbortSignal {
  if (!interruption) {
    const abort = new AbortController();
    interruption = abort;
    process.once("SIGINT", () => abort.abort(new Error("stopped")));
  }
  return interruption.signal;
}

/** Ctrl-C ends it where that does no harm; progress goes to who watches. */
function conduct({ output, isInteractive }: CommandContext): Conduct {
  let toldAt = 0;
  return {
    signal: interrupted(),
    onProgress({ phase, done, total, bytesHere, bytesThere }) {
      const now = Date.now();
      if (now - toldAt < tellEveryMs && done < total) return;
      toldAt = now;
      output.tell(
        { type: "progress", phase, done, total, bytesHere, bytesThere },
        isInteractive ? `${phase} ${done}/${total}  ${bytesWords(bytesHere)} here, ${bytesWords(bytesThere)} there` : undefined,
      );
    },
  };
}

function wholeNumber(text: string, name: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw usageError(`${name} is "${text}".`, `It must be a whole number from ${min} to ${max}.`);
}
