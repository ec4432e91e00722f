import { backupReport } from "@deskhand/shared/protocol/backup-report";
import { recordBackupReport } from "@/server/domain/backup/record-backup-report";
import { onMessage } from "@/server/relay/messages";
import type { RunnerSocket } from "./runner-socket.ts";

/** Stores what a runner says of its backups. */
export function handleBackupReport({ ctx, connection, listening }: RunnerSocket): void {
  const { runnerId, projectId, clockOffsetMs } = connection;
  onMessage(listening, "backup-report", backupReport, async ({ backup }) => {
    await recordBackupReport(ctx, { runnerId, projectId, backup, clockOffsetMs });
    return { ok: true };
  });
}
