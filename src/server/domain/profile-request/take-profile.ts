import type { takeProfileInput } from "@deskhand/shared/schemas/profile-request";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { findProfile } from "@/server/domain/profile/queries";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { checkEnd, endHolder } from "./end-holder.ts";
import { findHolder } from "./find-holder.ts";

/**
 * Ends what holds a profile without asking; who did so and why is kept.
 * @throws AppError NOT_FOUND, FORBIDDEN to members, PROFILE_NOT_IN_USE, UNAUTHENTICATED, CONFLICT when it changed hands at this moment,
 * SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function takeProfile(ctx: Context, input: z.output<typeof takeProfileInput>): Promise<{ done: true }> {
  const { profileId, reason } = input;
  const { id, projectId, runnerId, holderKind } = await findProfile(ctx, profileId, "runner.manage");
  if (!("userId" in ctx.actor)) throw new AppError("UNAUTHENTICATED");
  const { userId } = ctx.actor;
  const target = { projectId, profileId: id, runnerId };
  const signed = holderKind ? await checkEnd(ctx, target, { holderKind, signed: input.signedManifest }) : undefined;
  const now = ctx.clock.now();
  await ctx.db.$transaction(async (tx) => {
    const holder = await findHolder(tx, id);
    // whoever asks meanwhile is answered by this
    await tx.profileRequest.updateMany({ where: { profileId: id, state: "waiting" }, data: { state: "expired" } });
    const answer = { state: "taken" as const, answeredAt: now, answeredById: userId };
    const about = { projectId, profileId: id, requestedById: userId, message: reason };
    await tx.profileRequest.create({ data: { ...about, ...holder, ...answer, createdAt: now, expiresAt: now } });
    if (holder.holderKind !== "run" && holder.holderKind !== holderKind) throw new AppError("CONFLICT");
    await endHolder(tx, ctx, target, { ...holder, signedManifest: signed });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "profile", id }]);
  });
  ctx.logger.info({ profileId: id, userId }, "a profile was taken over");
  return { done: true };
}
