import type { Command } from "commander";
import type { CommandContext } from "./command.ts";

type MakeCommand = (parent: Command, usage: string, description: string) => Command;

/** Backups of this runner's profiles: made, looked at and put back here, on the device, also with the server away. */
export function addBackupCommands(program: Command, make: MakeCommand, context: CommandContext, end: (exitCode: number) => void): void {
  const setUp = () => import("./commands/backup-setup.ts");
  const work = () => import("./commands/backup.ts");
  const backup = program
    .command("backup")
    .description("make encrypted backups of this runner's profiles, put them back, and keep runners in step");
  make(backup, "init <where>", "set a backup up: a folder, sftp://…, s3:https://…, webdav:https://…, google-drive or dropbox")
    .option("--existing", "use the backup that is there: on a new machine, or for a second runner")
    .option("--replace", "in place of the one that is set up here, which is left as it is")
    .option("--user <name>", "WebDAV: who signs in")
    .option("--key-file <file>", "SFTP: the private key; it is copied into the runner's folder")
    .option("--host-key <fingerprint>", "SFTP: the server's key, as `ssh-keygen -l` shows it; what the server shows when absent")
    .option("--region <name>", "S3: the region (us-east-1)")
    .option("--prefix <path>", "S3: a folder of the bucket")
    .option("--client-id <id>", "Google Drive and Dropbox: your own app")
    .option("--folder <name>", "Google Drive and Dropbox: the folder")
    .addHelpText("after", "\nSecrets are asked for, or read from standard input as lines of name=value; docs/backup.md lists them.")
    .action(async (where, flags) => end(await (await setUp()).initBackup(where, flags, context)));
  make(backup, "passphrase", "lock the backup by a new passphrase, read from standard input").action(async (flags) =>
    end(await (await setUp()).newPassphrase(flags, context)),
  );
  make(backup, "recovery-key", "make a new recovery key in place of the one before, and show it once").action(async (flags) =>
    end(await (await setUp()).newRecoveryKey(flags, context)),
  );
  make(backup, "schedule <when>", "when backups begin by themselves: 6h, 30m, 03:15 or off")
    .option("--artifacts <on|off>", "what runs left behind as well (off)")
    .action(async (when, flags) => end(await (await setUp()).setSchedule(when, flags, context)));
  make(backup, "follow <on|off>", "keep in step with other runners that have the same backup").action(async (value, flags) =>
    end(await (await setUp()).setFollow(value, flags, context)),
  );
  make(backup, "status", "show where backups go, the last one and the next one").action(async (flags) =>
    end(await (await setUp()).backupStatus(flags, context)),
  );
  make(backup, "run", "make a backup now").action(async (flags) => end(await (await work()).runNow(flags, context)));
  make(backup, "list [snapshot]", "list the snapshots, or one's profiles").action(async (snapshot, flags) =>
    end(await (await work()).listSnapshots(snapshot, flags, context)),
  );
  make(backup, "restore [snapshot]", "put profiles back, over what is here; of the newest snapshot when none is named")
    .option("--profile <id...>", "only these")
    .action(async (snapshot, flags) => end(await (await work()).restoreNow(snapshot, flags, context)));
  make(backup, "verify", "look whether all that the snapshots need is there and unchanged")
    .option("--sample <percent>", "read only so many of a hundred packs, chosen at random")
    .action(async (flags) => end(await (await work()).verifyNow(flags, context)));
  make(backup, "prune", "remove the snapshots that are not to be kept, and what nobody needs any more")
    .option("--keep-last <count>", "so many of the newest, from here on (7)")
    .option("--keep-daily <count>", "the newest of so many days (7)")
    .option("--keep-weekly <count>", "the newest of so many weeks (4)")
    .option("--keep-monthly <count>", "the newest of so many months (12)")
    .action(async (flags) => end(await (await work()).pruneNow(flags, context)));
  make(backup, "forget <snapshot...>", "remove these snapshots, and what nobody else needs").action(async (snapshots, flags) =>
    end(await (await work()).forgetSnapshots(snapshots, flags, context)),
  );
}
