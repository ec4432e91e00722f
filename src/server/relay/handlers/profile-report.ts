import { profileReport } from "@deskhand/shared/protocol/profile-report";
import { recordProfileReport } from "@/server/domain/profile/record-profile-report";
import { onMessage } from "@/server/relay/messages";
import type { RunnerSocket } from "./runner-socket.ts";

/** Stores what a runner says of its profiles. */
export function handleProfileReport({ ctx, connection, listening }: RunnerSocket): void {
  const { runnerId, clockOffsetMs } = connection;
  onMessage(listening, "profile-report", profileReport, async ({ profiles }) => {
    await recordProfileReport(ctx, { runnerId, profiles, clockOffsetMs });
    return { ok: true };
  });
}
