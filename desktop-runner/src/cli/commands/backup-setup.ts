import { rmSync } from "node:fs";
import path from "node:path";
import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import { describeSchedule, nextBackupAt, parseSchedule } from "../../backup/schedule/schedule.ts";
import { findBackupSettings, loadBackupSettings, saveBackupSettings } from "../../backup/setup/backup-settings.ts";
import { noteBackupStatus, readBackupStatus } from "../../backup/setup/backup-status.ts";
import { MIN_PASSPHRASE } from "../../backup/setup/passphrase.ts";
import { changePassphrase, changeRecoveryKey, joinBackup, setUpBackup } from "../../backup/setup/set-up.ts";
import { describeStorage } from "../../backup/setup/storage-config.ts";
import { ensureHome, runnerHome } from "../../identity/home.ts";
import { askSecret } from "../ask-secret.ts";
import { backupFailure } from "../backup-failure.ts";
import { readWhere, type Secrets, type WhereFlags } from "../backup-storage.ts";
import type { CommandContext } from "../command.ts";
import { countWords } from "../count-words.ts";
import { usageError } from "../failure.ts";

/** `deskhand backup init WHERE`: makes a repository there, or uses the one that is there. */
export async function initBackup(
  where: string,
  flags: WhereFlags & { existing?: boolean; replace?: boolean },
  context: CommandContext,
): Promise<number> {
  const home = runnerHome(context.env);
  const secrets = await readSecrets(context);
  return backupFailure(async () => {
    ensureHome(home);
    const before = findBackupSettings(home);
    const config = await readWhere(where, flags, secrets, context);
    const recovery = secrets.find("recovery-key");
    const passphrase = recovery && flags.existing ? "" : await readPassphrase(secrets, context, !flags.existing);
    if (flags.replace) rmSync(path.join(home.backupFolder, "settings.json"), { force: true });
    try {
      const place = describeStorage(config);
      if (flags.existing) {
        await joinBackup(home, config, recovery ? { recoveryKey: recovery } : { passphrase });
        context.output.result(
          { place, existing: true },
          `This runner uses the backup in ${place}. Put profiles back with: deskhand backup restore`,
        );
        return 0;
      }
      const recoveryKey = await setUpBackup(home, config, passphrase);
      context.output.result(
        { place, existing: false, recoveryKey },
        `The backup in ${place} is ready.\n\nRecovery key, shown this once: write it down and keep it apart from this computer.\nIt opens the backup when the passphrase is lost; without both nobody can.\n\n  ${recoveryKey}\n\nMake one now with \`deskhand backup run\`, and by itself with \`deskhand backup schedule 6h\`.`,
      );
      return 0;
    } catch (error) {
      if (flags.replace && before && !findBackupSettings(home)) saveBackupSettings(home, before);
      throw error;
    }
  });
}

/** `deskhand backup passphrase` */
export async function newPassphrase(_flags: object, context: CommandContext): Promise<number> {
  return backupFailure(async () => {
    loadBackupSettings(runnerHome(context.env));
    await changePassphrase(runnerHome(context.env), await readPassphrase(await readSecrets(context), context, true));
    context.output.result(
      { changed: true },
      "The passphrase is changed. The one before opens nothing from here on, and the recovery key is as it was.",
    );
    return 0;
  });
}

/** `deskhand backup recovery-key` */
export async function newRecoveryKey(_flags: object, context: CommandContext): Promise<number> {
  return backupFailure(async () => {
    const recoveryKey = await changeRecoveryKey(runnerHome(context.env));
    context.output.result(
      { recoveryKey },
      `New recovery key, shown this once; the one before opens nothing from here on:\n\n  ${recoveryKey}`,
    );
    return 0;
  });
}

/** `deskhand backup schedule WHEN` */
export async function setSchedule(when: string, flags: { artifacts?: string }, { env, output }: CommandContext): Promise<number> {
  const schedule = parseSchedule(when);
  if (!schedule) throw usageError(`"${when}" is no schedule.`, "Write 6h, 30m, a time like 03:15, or off.");
  const artifacts = flags.artifacts === undefined ? undefined : onOff(flags.artifacts);
  return backupFailure(async () => {
    const home = runnerHome(env);
    const settings = loadBackupSettings(home);
    saveBackupSettings(home, { ...settings, schedule, artifacts: artifacts ?? settings.artifacts });
    noteBackupStatus(home, { scheduledAt: Date.now() });
    const words = describeSchedule(schedule);
    output.result(
      { schedule: words, artifacts: artifacts ?? settings.artifacts },
      words === "off" ? "Backups begin by hand only." : `Backups begin ${words}, while the runner runs.`,
    );
    return 0;
  });
}

/** `deskhand backup follow on|off` */
export async function setFollow(value: string, _flags: object, { env, output }: CommandContext): Promise<number> {
  const follow = onOff(value);
  return backupFailure(async () => {
    const home = runnerHome(env);
    saveBackupSettings(home, { ...loadBackupSettings(home), follow });
    output.result(
      { follow },
      follow ? "Each backup also takes over what is newer on other runners." : "Backups take nothing over from other runners.",
    );
    return 0;
  });
}

/** `deskhand backup status`: what is known here, without asking the storage. */
export async function backupStatus(_flags: object, { env, output }: CommandContext): Promise<number> {
  const home = runnerHome(env);
  return backupFailure(async () => {
    const { storage, schedule, follow, artifacts, retention, writer } = loadBackupSettings(home);
    const { v: _, scheduledAt, ...status } = readBackupStatus(home);
    const nextAt = nextBackupAt(schedule, status, scheduledAt ?? 0);
    const when = (at: number | null) => (at === null ? null : new Date(at).toISOString());
    const words = describeSchedule(schedule);
    output.result(
      {
        kind: storage.kind,
        place: describeStorage(storage),
        writer,
        schedule: words,
        follow,
        artifacts,
        retention,
        ...status,
        startedAt: when(status.startedAt),
        endedAt: when(status.endedAt),
        succeededAt: when(status.succeededAt),
        prunedAt: when(status.prunedAt),
        nextAt: when(nextAt),
      },
      [
        `Place      ${describeStorage(storage)}`,
        `Last good  ${when(status.succeededAt) ?? "none yet"}${status.last ? ` (${countWords(status.last.profiles, "profile")}, ${bytesWords(status.last.bytesSent)} sent)` : ""}`,
        ...(status.failureCode ? [`Failing    ${status.failureCode}, ${status.failures} times in a row`] : []),
        ...(status.stored ? [`Stored     ${bytesWords(status.stored.bytes)} in ${countWords(status.stored.snapshots, "snapshot")}`] : []),
        `Schedule   ${words}${nextAt === null ? "" : `, next ${when(nextAt)}`}`,
        `In step    ${follow ? "with other runners" : "no"}`,
        ...(status.verified ? [`Verified   ${when(status.verified.at)}: ${status.verified.isWhole ? "whole" : "damaged"}`] : []),
      ].join("\n"),
    );
    return 0;
  });
}

function onOff(value: string): boolean {
  if (value !== "on" && value !== "off") throw usageError(`"${value}" is neither on nor off.`, "Write on or off.");
  return value === "on";
}

/** Lines of name=value of standard input; on a terminal each is asked for when it is needed. */
async function readSecrets({ isInteractive, readInput }: CommandContext): Promise<Secrets> {
  const given = new Map<string, string>();
  for (const line of isInteractive ? [] : (await readInput()).split(/\r?\n/)) {
    const at = line.indexOf("=");
    if (at > 0) given.set(line.slice(0, at).trim(), line.slice(at + 1));
  }
  return {
    find: (name) => given.get(name) || undefined,
    async need(name, question) {
      const value = given.get(name) || (isInteractive ? await askSecret(question) : "");
      if (!value) throw usageError(`${question}: missing.`, `Give it on standard input, as a line ${name}=….`);
      return value;
    },
  };
}

async function readPassphrase(secrets: Secrets, { isInteractive }: CommandContext, isNew: boolean): Promise<string> {
  const passphrase = await secrets.need("passphrase", isNew ? `New passphrase (${MIN_PASSPHRASE} characters at least)` : "Passphrase");
  if (!isNew) return passphrase;
  if (passphrase.length < MIN_PASSPHRASE)
    throw usageError(`A passphrase has ${MIN_PASSPHRASE} characters at least.`, "Several words are easy to keep.");
  if (isInteractive && (await askSecret("Once more")) !== passphrase) throw usageError("The two are not the same.", "Try again.");
  return passphrase;
}
