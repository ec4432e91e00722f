import type { Context } from "@/server/context";
import { findProfile } from "@/server/domain/profile/queries";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";

/** Asks for the profile no longer; nothing happens when the actor does not. @throws AppError NOT_FOUND, UNAUTHENTICATED */
export async function withdrawRequest(ctx: Context, input: { profileId: string }): Promise<{ done: true }> {
  const { id, projectId } = await findProfile(ctx, input.profileId, "profile.write");
  if (!("userId" in ctx.actor)) throw new AppError("UNAUTHENTICATED");
  const requestedById = ctx.actor.userId;
  await ctx.db.$transaction(async (tx) => {
    await tx.profileRequest.updateMany({ where: { profileId: id, state: "waiting", requestedById }, data: { state: "withdrawn" } });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "profile", id }]);
  });
  return { done: true };
}
