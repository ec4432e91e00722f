import type { answerRequestInput } from "@deskhand/shared/schemas/profile-request";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { authorize, mayAlso } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { checkEnd, endHolder } from "./end-holder.ts";
import { mayAnswer } from "./queries.ts";

/**
 * Hands a profile over, which ends the run, window, session or connection that holds it, or refuses to.
 * @throws AppError NOT_FOUND, FORBIDDEN to others than the one whose run it is, CONFLICT when it was answered or its time is over,
 * SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function answerRequest(ctx: Context, input: z.output<typeof answerRequestInput>): Promise<{ done: true }> {
  const { id, answer } = input;
  const request = await ctx.db.profileRequest.findUnique({ where: { id }, include: { profile: { select: { runnerId: true } } } });
  if (!request) throw new AppError("NOT_FOUND");
  const { projectId, profileId, holderKind, holderId } = request;
  const about = { projectId, profileId, runnerId: request.profile.runnerId };
  const { role } = await authorize(ctx, projectId, "profile.write");
  const me = "userId" in ctx.actor ? ctx.actor.userId : null;
  if (!mayAnswer(request, me, mayAlso(ctx, role, "runner.manage"))) throw new AppError("FORBIDDEN");
  const signed = input.signedManifest;
  const signedManifest = answer === "granted" ? await checkEnd(ctx, about, { holderKind, signed }) : undefined;
  const now = ctx.clock.now();
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.profileRequest.updateMany({
      where: { id, state: "waiting", expiresAt: { gt: now } },
      data: { state: answer, answeredAt: now, answeredById: me },
    });
    if (count === 0) throw new AppError("CONFLICT", { userMessage: "This request was answered, or its time is over." });
    if (answer === "granted") await endHolder(tx, ctx, about, { holderKind, holderId, signedManifest });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "profile", id: profileId }]);
  });
  return { done: true };
}
