import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import type { Context } from "@/server/context";
import type { ProfileRow, ProfileRuns } from "./view.ts";

/**
 * Who asked for what uses a profile now: its run, or the command that opened a window or session. Null when nothing does, and when nobody is
 * known, as of a program on the runner's computer. The caller has authorized it.
 */
export async function heldBy(
  { db, actor }: Context,
  { holderKind, holderId }: Pick<ProfileRow, "holderKind" | "holderId">,
  { activeRunId }: Pick<ProfileRuns, "activeRunId">,
): Promise<ProfileDetail["heldBy"]> {
  const isOpen = holderKind !== null && holderKind !== "run";
  const runId = holderKind === "run" ? holderId : activeRunId;
  const where = isOpen ? holderId && { id: holderId } : runId && { runId };
  if (!where) return null;
  const command = await db.command.findUnique({ where, select: { requestedById: true } });
  const user = command?.requestedById ? await db.user.findUnique({ where: { id: command.requestedById } }) : null;
  return user && { name: user.name, isMe: "userId" in actor && actor.userId === user.id };
}
