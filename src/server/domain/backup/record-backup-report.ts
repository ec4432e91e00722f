import type { BackupFacts } from "@deskhand/shared/protocol/backup-report";
import type { Context } from "@/server/context";
import { Prisma } from "@/server/generated/prisma/client";
import { sendSignals } from "@/server/signals";
import { toOurTime } from "./rules.ts";

type Record = {
  runnerId: string;
  projectId: string;
  backup: BackupFacts | null;
  /** What is added to the runner's clock to get the server's, in milliseconds. */
  clockOffsetMs: number;
};

/** Stores what a runner says of its backups, with times by our clock, and tells who watches. */
export async function recordBackupReport(ctx: Context, { runnerId, projectId, backup, clockOffsetMs }: Record): Promise<void> {
  const told = backup && toOurTime(backup, clockOffsetMs);
  await ctx.db.$transaction(async (tx) => {
    const data = { backup: told ?? Prisma.DbNull, backupToldAt: ctx.clock.now() };
    await tx.runner.update({ where: { id: runnerId }, data, select: { id: true } });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "runner", id: runnerId }]);
  });
}
