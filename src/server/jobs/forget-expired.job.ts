import type { Context } from "@/server/context";
import { deleteExpiredPairingCodes } from "@/server/domain/runner/delete-expired-pairing-codes";
import { deleteExpiredSessions } from "@/server/domain/session/delete-expired-sessions";

/** Deletes sessions and pairing codes that are of no use any more. */
export async function forgetExpired(ctx: Context): Promise<void> {
  await deleteExpiredSessions(ctx);
  await deleteExpiredPairingCodes(ctx);
}
