import { BackupError } from "../backup/backup-error.ts";
import { type BackupFailureCode, backupWords } from "../backup/backup-words.ts";
import { failureCodeOf } from "../backup/run-backup.ts";
import { StorageError } from "../backup/storage/storage.ts";
import { CliError } from "./failure.ts";

/** Does it, and gives its failure the words of a command. */
export async function backupFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = failureCodeOf(error);
    if (!(code in backupWords)) throw error;
    const known = code as BackupFailureCode;
    const { title, whatToDo } = backupWords[known];
    const told = error instanceof BackupError || error instanceof StorageError ? error.message.split(": ").slice(1).join(": ") : "";
    const isUsage = /UNKNOWN|SET_UP|REPOSITORY|WRONG/.test(code);
    throw new CliError(known, isUsage ? 2 : 3, title, whatToDo, told ? { details: told } : {});
  }
}
