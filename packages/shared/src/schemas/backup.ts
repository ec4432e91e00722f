import * as z from "zod";
import { backupFacts } from "../protocol/backup-report.ts";
import { id, instant } from "./common.ts";
import { signedManifest } from "./manifest.ts";

const at = instant.nullable();

/** How a runner's backups stand, as it said last; by the server's clock. */
export const backupView = z.object({
  runnerId: id,
  /** Null while it has said nothing, as older runners do. */
  toldAt: at,
  /** Null when none is set up. */
  backup: backupFacts
    .extend({
      startedAt: at,
      succeededAt: at,
      nextAt: at,
      overdueAt: at,
      verified: z.object({ at: instant, isWhole: z.boolean(), profilesHit: z.number() }).nullable(),
    })
    .nullable(),
  /** The last good one is older than its schedule means it to be. */
  isOverdue: z.boolean(),
});
export type BackupView = z.infer<typeof backupView>;

/** `signedManifest`: an `order` manifest over a `backup.run` with this action. */
export const runBackupInput = z.object({ id, action: z.enum(["run", "verify"]), signedManifest: signedManifest.optional() });
