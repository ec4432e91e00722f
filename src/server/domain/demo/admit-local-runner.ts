import type { Context } from "@/server/context";
import { createProfile } from "@/server/domain/profile/create-profile";
import { createPairingCode } from "@/server/domain/runner/create-pairing-code";

/** The start script has the database in its hands, so it may act for the owner of the oldest project. */
async function asFirstOwner(ctx: Context): Promise<{ asOwner: Context; projectId: string } | null> {
  const owner = await ctx.db.member.findFirst({ where: { role: "owner" }, orderBy: { createdAt: "asc" } });
  if (!owner) return null;
  return { asOwner: { ...ctx, actor: { kind: "user", userId: owner.userId, sessionId: "start" } }, projectId: owner.projectId };
}

/**
 * A pairing code for the runner beside the server, which needs no click.
 * @param input.runnerId the runner that its folder names
 * @returns null when that runner is known and accepted, or when there is nobody to own one
 */
export async function admitLocalRunner(ctx: Context, input: { publicUrl: string; runnerId: string | null }): Promise<string | null> {
  if (input.runnerId) {
    const known = await ctx.db.runner.findUnique({ where: { id: input.runnerId }, select: { status: true } });
    if (known?.status === "accepted") return null;
  }
  const owner = await asFirstOwner(ctx);
  if (!owner) return null;
  const { code } = await createPairingCode(owner.asOwner, { projectId: owner.projectId, publicUrl: input.publicUrl, autoAccept: true });
  return code;
}

/** A first profile on the runner that was just paired, so that the sample workflow can be deployed at once. @returns its id */
export async function createFirstProfile(ctx: Context, input: { runnerId: string }): Promise<string | null> {
  const owner = await asFirstOwner(ctx);
  if (!owner) return null;
  const existing = await ctx.db.profile.findFirst({ where: { projectId: owner.projectId, deletedAt: null }, select: { id: true } });
  if (existing) return null;
  const profile = await createProfile(owner.asOwner, { projectId: owner.projectId, name: "Practice", runnerId: input.runnerId });
  return profile.id;
}
