import type { holdRunInput } from "@deskhand/shared/schemas/run";
import { isFinal } from "@deskhand/shared/schemas/run";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import { findRun } from "./queries.ts";

/** Somebody waits for it: a runner that comes back later gives its page to nobody, in milliseconds. */
const WITHIN_MS = 30_000;

/**
 * Asks a run's runner for its page, for the person who asks. @returns the task, whose id names the hold
 * @throws AppError NOT_FOUND, RUN_FINISHED, CONFLICT when it has not begun, RUN_HELD, RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function holdRun(ctx: Context, input: z.output<typeof holdRunInput>): Promise<{ id: string }> {
  const { id: runId, projectId, runnerId, state, holdId } = await findRun(ctx, input.id, "run.write");
  if (isFinal(state)) throw new AppError("RUN_FINISHED");
  if (state !== "running") throw new AppError("CONFLICT", { userMessage: "The run has not begun yet: it has no page to take over." });
  if (holdId) throw new AppError("RUN_HELD");
  const payload = { runId, key: input.key };
  const signed = await checkOrder(ctx, { projectId, runnerId, signed: input.signedManifest, command: "run.hold", payload });
  await limitCommands(ctx, { projectId, runnerId, count: 1 });
  return ctx.db.$transaction((tx) =>
    enqueueCommand(tx, ctx, {
      projectId,
      runnerId,
      kind: "run.hold",
      payload: { ...payload, ...(signed ? { signedManifest: signed } : {}) },
      deadlineAt: new Date(ctx.clock.now().getTime() + WITHIN_MS),
    }),
  );
}
