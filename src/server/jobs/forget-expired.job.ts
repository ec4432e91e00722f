import type { Context } from "@/server/context";
import { forgetAlerts } from "@/server/domain/alert/forget-alerts";
import { deleteOldRefusals } from "@/server/domain/refusal/delete-old-refusals";
import { deleteExpiredPairingCodes } from "@/server/domain/runner/delete-expired-pairing-codes";
import { forgetSamples } from "@/server/domain/sample/forget-samples";
import { deleteExpiredSessions } from "@/server/domain/session/delete-expired-sessions";

/** Deletes what is of no use any more: sessions, pairing codes, old refusals, alerts and samples. */
export async function forgetExpired(ctx: Context): Promise<void> {
  await deleteExpiredSessions(ctx);
  await deleteExpiredPairingCodes(ctx);
  await deleteOldRefusals(ctx);
  await forgetAlerts(ctx);
  await forgetSamples(ctx);
}
