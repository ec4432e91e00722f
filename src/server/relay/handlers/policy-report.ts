import { policyReport } from "@deskhand/shared/protocol/policy";
import { recordPolicyReport } from "@/server/domain/refusal/record-policy-report";
import { signerWishesFor } from "@/server/domain/signing-key/queries";
import { onMessage } from "@/server/relay/messages";
import type { RunnerSocket } from "./runner-socket.ts";

/** Stores what a runner says of its policy; the answer says what the project asks of it, for hints that were lost. */
export function handlePolicyReport({ ctx, connection, listening }: RunnerSocket): void {
  const { runnerId } = connection;
  onMessage(listening, "policy-report", policyReport, async (report) => {
    const tightening = await recordPolicyReport(ctx, { runnerId, report, clockOffsetMs: connection.clockOffsetMs });
    return { ok: true, tightening, signers: await signerWishesFor(ctx, runnerId) };
  });
}
