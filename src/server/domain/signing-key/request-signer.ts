import type { requestSignerInput, SigningKeyView } from "@deskhand/shared/schemas/signing-key";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { findRunner } from "@/server/domain/runner/queries";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { findSigningKey } from "./queries.ts";
import { signingKeyInclude, viewSigningKey } from "./view.ts";

/**
 * Asks a runner to trust a key. The runner decides: a person approves it on its computer, or the proof shows that whoever has the
 * key read the link that the runner printed. @throws AppError NOT_FOUND, FORBIDDEN, MANIFEST_INVALID for a key that was revoked
 */
export async function requestSigner(ctx: Context, input: z.output<typeof requestSignerInput>): Promise<SigningKeyView> {
  const runner = await findRunner(ctx, input.id, "run.write");
  const key = await findSigningKey(ctx, input.signingKeyId, "run.write");
  if (key.projectId !== runner.projectId) throw new AppError("NOT_FOUND");
  if (key.revokedAt) throw new AppError("MANIFEST_INVALID", { userMessage: "This key was revoked." });
  const now = ctx.clock.now();
  const proof = input.proof ?? null;
  return ctx.db.$transaction(async (tx) => {
    const id = { runnerId: runner.id, signingKeyId: key.id };
    // one that was turned away or revoked on the runner stays so until somebody there decides again
    await tx.runnerSigner.createMany({ data: { ...id, proof, requestedAt: now, changedAt: now }, skipDuplicates: true });
    if (proof) await tx.runnerSigner.updateMany({ where: { ...id, status: { in: ["requested", "pending"] } }, data: { proof } });
    await sendSignals(tx, [
      { kind: "runner-signers", runnerId: runner.id },
      { kind: "change", projectId: key.projectId, topic: "signingKey", id: key.id },
    ]);
    return viewSigningKey(await tx.signingKey.findUniqueOrThrow({ where: { id: key.id }, include: signingKeyInclude }), ctx.actor);
  });
}
