import { type Schedule, schedule as scheduleSchema } from "@deskhand/shared/schemas/schedule";
import type { Tx } from "@/server/db";
import { Prisma } from "@/server/generated/prisma/client";

export type LiveSchedule = { id: string; schedule: Schedule; profileIds: string[]; runnerName: string };

/**
 * Deployments that their runner may still begin by itself, the newest first: also those that it was asked to end and has not. Not those
 * that it refused or never heard of, those that ran once and did, and those of a runner that is not the project's any more.
 */
export async function findLiveSchedules(tx: Tx, where: Prisma.DeploymentWhereInput): Promise<LiveSchedule[]> {
  const rows = await tx.deployment.findMany({
    where: {
      ...where,
      schedule: { not: Prisma.DbNull },
      scheduleRemovedAt: null,
      runner: { status: "accepted" },
      // whoever lost its runner may have it nevertheless
      AND: [{ OR: [{ scheduleFailureCode: null }, { scheduleFailureCode: "RUNNER_LOST" }] }],
    },
    select: { id: true, schedule: true, profileIds: true, runner: { select: { name: true } }, _count: { select: { firings: true } } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  });
  return rows.flatMap(({ id, schedule, profileIds, runner, _count }) => {
    const read = scheduleSchema.parse(schedule);
    return read.when.kind === "once" && _count.firings > 0 ? [] : [{ id, schedule: read, profileIds, runnerName: runner.name }];
  });
}
