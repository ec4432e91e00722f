import type { Tx } from "@/server/db";
import { AppError } from "@/server/errors";

export type Holder = { holderKind: string; holderId: string; holderUserId: string | null };

/**
 * Who uses a profile, as its runner said last; a run that was sent counts also before the runner says so, unless it waits for somebody else. Held until the transaction ends,
 * so that of two who ask at once the second sees the first.
 * @throws AppError PROFILE_NOT_IN_USE
 */
export async function findHolder(tx: Tx, profileId: string): Promise<Holder> {
  // Prisma has no row locks
  const [profile] = await tx.$queryRaw<{ holderKind: string | null; holderId: string | null }[]>`
    select "holderKind", "holderId" from "Profile" where id = ${profileId}::uuid for no key update`;
  if (profile?.holderKind && profile.holderKind !== "run" && profile.holderId) {
    // a window or session is held by the command that opened it; a program connects on the runner's computer, and nobody is known
    const command = await tx.command.findUnique({ where: { id: profile.holderId }, select: { requestedById: true } });
    return { holderKind: profile.holderKind, holderId: profile.holderId, holderUserId: command?.requestedById ?? null };
  }
  const run = await tx.run.findFirst({
    where: {
      profileId,
      state: { in: ["leased", "accepted", "running"] },
      ...(profile?.holderKind === "run" ? { id: profile.holderId ?? "" } : {}),
    },
    orderBy: { createdAt: "asc" },
    select: { id: true, command: { select: { requestedById: true } } },
  });
  if (!run) throw new AppError("PROFILE_NOT_IN_USE");
  return { holderKind: "run", holderId: run.id, holderUserId: run.command?.requestedById ?? null };
}
