import type { Context } from "@/server/context";
import { forgetAlerts } from "@/server/domain/alert/forget-alerts";
import { deleteExpiredParcels } from "@/server/domain/parcel/delete-expired-parcels";
import { deleteOldRefusals } from "@/server/domain/refusal/delete-old-refusals";
import { deleteExpiredPairingCodes } from "@/server/domain/runner/delete-expired-pairing-codes";
import { forgetSamples } from "@/server/domain/sample/forget-samples";
import { deleteExpiredSessions } from "@/server/domain/session/delete-expired-sessions";
import { forgetMessages } from "@/server/domain/trigger/forget-messages";
import { forgetRequests } from "@/server/idempotency";

/** Deletes what is of no use any more: sessions, pairing codes, old refusals, parcels, alerts, samples, messages of triggers and
 * answers that are kept to be repeated. */
export async function forgetExpired(ctx: Context): Promise<void> {
  await deleteExpiredSessions(ctx);
  await deleteExpiredPairingCodes(ctx);
  await deleteOldRefusals(ctx);
  await deleteExpiredParcels(ctx);
  await forgetAlerts(ctx);
  await forgetSamples(ctx);
  await forgetMessages(ctx);
  await forgetRequests(ctx);
}
