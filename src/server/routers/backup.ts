import { backupView, runBackupInput } from "@deskhand/shared/schemas/backup";
import { byId, done } from "@deskhand/shared/schemas/common";
import { getBackup } from "@/server/domain/backup/queries";
import { runBackup } from "@/server/domain/backup/run-backup";
import { procedure, router } from "./trpc.ts";

const tags = ["Runners"];

export const backupRouter = router({
  get: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/runners/{id}/backup", tags, summary: "Get how a runner's backups stand", protect: true },
    })
    .input(byId)
    .output(backupView)
    .query(({ ctx, input }) => getBackup(ctx, input)),

  run: procedure
    .meta({
      policy: "runner.manage",
      openapi: { method: "POST", path: "/runners/{id}/backup", tags, summary: "Have a runner make or verify its backup", protect: true },
    })
    .input(runBackupInput)
    .output(done)
    .mutation(({ ctx, input }) => runBackup(ctx, input)),
});
