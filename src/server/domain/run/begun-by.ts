import type { RunDetail } from "@deskhand/shared/schemas/run";
import { schedule as scheduleSchema } from "@deskhand/shared/schemas/schedule";
import type { Context } from "@/server/context";

/** What began a run of a deployment that runs by itself, or who. The caller has authorized it. */
export async function begunBy({ db }: Context, { id, firingId }: { id: string; firingId: string | null }): Promise<RunDetail["begun"]> {
  if (firingId === null) return null;
  const firing = await db.scheduleFiring.findUnique({
    where: { id: firingId },
    select: { reason: true, deployment: { select: { schedule: true } } },
  });
  const schedule = scheduleSchema.safeParse(firing?.deployment.schedule);
  if (!firing || !schedule.success) return null;
  const byHand = firing.reason === "BY_HAND";
  return { when: schedule.data.when.kind, byHand, userName: byHand ? await askedBy(db, id) : null };
}

async function askedBy(db: Context["db"], runId: string): Promise<string | null> {
  const command = await db.command.findUnique({ where: { runId }, select: { requestedById: true } });
  const user = command?.requestedById ? await db.user.findUnique({ where: { id: command.requestedById }, select: { name: true } }) : null;
  return user?.name ?? null;
}
