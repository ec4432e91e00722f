import type { Context } from "@/server/context";
import { deleteOldRefusals } from "@/server/domain/refusal/delete-old-refusals";
import { deleteExpiredPairingCodes } from "@/server/domain/runner/delete-expired-pairing-codes";
import { deleteExpiredSessions } from "@/server/domain/session/delete-expired-sessions";

/** Deletes sessions, pairing codes and refusals that are of no use any more. */
export async function forgetExpired(ctx: Context): Promise<void> {
  await deleteExpiredSessions(ctx);
  await deleteExpiredPairingCodes(ctx);
  await deleteOldRefusals(ctx);
}
