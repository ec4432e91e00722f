import { type BackupView, backupView } from "@deskhand/shared/schemas/backup";
import type { Context } from "@/server/context";
import { findRunner } from "@/server/domain/runner/queries";
import { isOverdue } from "./rules.ts";

/** How a runner's backups stand, as it said last. @throws AppError NOT_FOUND */
export async function getBackup(ctx: Context, input: { id: string }): Promise<BackupView> {
  const { id, backup, backupToldAt } = await findRunner(ctx, input.id, "project.read");
  // what another version wrote is none until the runner tells again
  const told = backupView.shape.backup.safeParse(backup).data ?? null;
  return { runnerId: id, toldAt: backupToldAt?.toISOString() ?? null, backup: told, isOverdue: isOverdue(told, ctx.clock.now()) };
}
