import type { SigningKeyView } from "@deskhand/shared/schemas/signing-key";
import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { findSigningKey } from "./queries.ts";
import { signingKeyInclude, viewSigningKey } from "./view.ts";

/**
 * Ends a key at once and for good: the server takes nothing that it signs, and each runner that approved it is told to forget it. Whoever
 * may deploy may do it, with any key: it only takes away. @throws AppError NOT_FOUND, FORBIDDEN
 */
export async function revokeSigningKey(ctx: Context, input: { id: string }): Promise<SigningKeyView> {
  const { id, projectId } = await findSigningKey(ctx, input.id, "run.write");
  return ctx.db.$transaction(async (tx) => {
    const { count } = await tx.signingKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: ctx.clock.now() } });
    const key = await tx.signingKey.findUniqueOrThrow({ where: { id }, include: signingKeyInclude });
    if (count > 0) {
      await sendSignals(tx, [
        { kind: "change", projectId, topic: "signingKey", id },
        ...key.runners.map(({ runnerId }) => ({ kind: "runner-signers" as const, runnerId })),
      ]);
    }
    return viewSigningKey(key, ctx.actor);
  });
}
