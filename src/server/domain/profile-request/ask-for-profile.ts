import { type askForProfileInput, REQUEST_LASTS_MS } from "@deskhand/shared/schemas/profile-request";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { raiseAlert } from "@/server/domain/alert/raise-alert";
import { findProfile } from "@/server/domain/profile/queries";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { findHolder } from "./find-holder.ts";

type Asked = z.output<typeof askForProfileInput> & { publicUrl: string };

/**
 * Asks whoever uses a profile to hand it over; the person is told on the page and by an alert, and has two minutes to answer.
 * @throws AppError NOT_FOUND, PROFILE_NOT_IN_USE, CONFLICT while somebody else's request waits, UNAUTHENTICATED
 */
export async function askForProfile(ctx: Context, { profileId, message, publicUrl }: Asked): Promise<{ done: true }> {
  const { id, projectId, name } = await findProfile(ctx, profileId, "profile.write");
  if (!("userId" in ctx.actor)) throw new AppError("UNAUTHENTICATED");
  const requestedById = ctx.actor.userId;
  const now = ctx.clock.now();
  await ctx.db.$transaction(async (tx) => {
    const holder = await findHolder(tx, id);
    await tx.profileRequest.updateMany({ where: { profileId: id, state: "waiting", expiresAt: { lte: now } }, data: { state: "expired" } });
    const waiting = await tx.profileRequest.findFirst({ where: { profileId: id, state: "waiting" } });
    if (waiting?.requestedById === requestedById) return;
    if (waiting) throw new AppError("CONFLICT", { userMessage: "Somebody else asks for it at this moment." });
    const expiresAt = new Date(now.getTime() + REQUEST_LASTS_MS);
    const request = await tx.profileRequest.create({
      data: { projectId, profileId: id, ...holder, requestedById, message, createdAt: now, expiresAt },
      include: { requestedBy: { select: { id: true, name: true } }, project: { select: { name: true } } },
    });
    if (holder.holderUserId) {
      await raiseAlert(tx, ctx, {
        projectId,
        cause: `profile-request:${request.id}`,
        content: {
          type: "profile.requested",
          data: {
            project: { id: projectId, name: request.project.name },
            profile: { id, name },
            requestedBy: request.requestedBy,
            message,
            expiresAt: expiresAt.toISOString(),
            url: `${publicUrl}/dashboard/profiles/${id}`,
          },
        },
        to: { webhookIds: [], userIds: [holder.holderUserId] },
      });
    }
    await sendSignals(tx, [{ kind: "change", projectId, topic: "profile", id }]);
  });
  return { done: true };
}
