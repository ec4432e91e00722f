import { type BackupFailureCode, backupWords } from "../backup/backup-words.ts";
import { backupFactsOf } from "../backup/host/backup-facts.ts";
import { loadBackupSettings } from "../backup/setup/backup-settings.ts";
import { describeStorage } from "../backup/setup/storage-config.ts";
import type { PageParts } from "./page-parts.ts";
import type { PageBackup } from "./view.ts";

/** How backups stand, as it is known here: the storage is not asked. */
export function viewBackup({ home, backups }: Pick<PageParts, "home" | "backups">): PageBackup | null {
  const { current, last } = backups;
  try {
    const facts = backupFactsOf(home, current !== null);
    if (!facts) return null;
    const { schedule, follow, succeededAt, nextAt, failureCode, last: before, stored, verified } = facts;
    return {
      damaged: false,
      place: describeStorage(loadBackupSettings(home).storage),
      schedule,
      isInStep: follow,
      succeededAt,
      nextAt,
      failure: wordsOf(failureCode),
      last: before && { profiles: before.profiles, bytes: before.bytes, bytesSent: before.bytesSent },
      stored,
      verified: verified && { at: verified.at, isWhole: verified.isWhole },
      running: current && { ...current },
      restored: last?.action === "restore" ? { done: 0, failed: 0, ...last.restored, failure: wordsOf(last.failureCode) } : null,
    };
  } catch {
    return { damaged: true };
  }
}

/** What a failure means and what to do, for people; codes that are none of a backup's are told as they are. */
export function wordsOf(code: string | null): { title: string; whatToDo: string } | null {
  if (code === null) return null;
  return backupWords[code as BackupFailureCode] ?? { title: `It failed: ${code}.`, whatToDo: "The runner's log says more. Try again." };
}
