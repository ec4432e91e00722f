import type { Permission } from "@deskhand/shared/schemas/project";
import type { listRunnersInput, RunnerView } from "@deskhand/shared/schemas/runner";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { newestFirst } from "@/server/cursor";
import { authorize } from "@/server/domain/project/policy";
import { activeStates } from "@/server/domain/run/rules";
import { AppError } from "@/server/errors";
import type { Runner } from "@/server/generated/prisma/client";
import { isOnline } from "./rules.ts";
import { type RunnerCounts, viewRunner } from "./view.ts";

/** Runners, newest first. Those that were rejected or disconnected are left out unless their status is asked for. */
export async function listRunners(ctx: Context, input: z.output<typeof listRunnersInput>): Promise<{ items: RunnerView[] }> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const [runners, counts] = await Promise.all([
    ctx.db.runner.findMany({
      where: { projectId, status: input.status ?? { notIn: ["rejected", "revoked"] } },
      orderBy: newestFirst,
    }),
    countFor(ctx, { projectId }),
  ]);
  const now = ctx.clock.now();
  return { items: runners.map((runner) => viewRunner(runner, counts(runner.id), now)) };
}

export async function getRunner(ctx: Context, input: { id: string }): Promise<RunnerView> {
  return showRunner(ctx, await findRunner(ctx, input.id, "project.read"));
}

/** A runner that the actor may use in this way. @throws AppError NOT_FOUND also for one of another project */
export async function findRunner(ctx: Context, id: string, permission: Permission): Promise<Runner> {
  const runner = await ctx.db.runner.findUnique({ where: { id } });
  if (!runner) throw new AppError("NOT_FOUND");
  await authorize(ctx, runner.projectId, permission);
  return runner;
}

/** Is a runner connected to any server process? For the system; nobody is authorized. */
export async function isRunnerOnline(ctx: Context, id: string): Promise<boolean> {
  const runner = await ctx.db.runner.findUnique({ where: { id }, select: { connectionId: true, lastSeenAt: true } });
  return runner !== null && isOnline(runner, ctx.clock.now());
}

/** A runner as the outside sees it; the caller has authorized it. */
export async function showRunner(ctx: Context, runner: Runner): Promise<RunnerView> {
  const counts = await countFor(ctx, { projectId: runner.projectId, runnerId: runner.id });
  return viewRunner(runner, counts(runner.id), ctx.clock.now());
}

async function countFor(ctx: Context, where: { projectId: string; runnerId?: string }): Promise<(runnerId: string) => RunnerCounts> {
  const [profiles, runs] = await Promise.all([
    ctx.db.profile.groupBy({ by: ["runnerId"], where: { ...where, deletedAt: null }, _count: { _all: true } }),
    ctx.db.run.groupBy({ by: ["runnerId"], where: { ...where, state: { in: activeStates } }, _count: { _all: true } }),
  ]);
  const byRunner = (groups: typeof profiles | typeof runs) => new Map(groups.map((group) => [group.runnerId, group._count._all]));
  const profilesOf = byRunner(profiles);
  const runsOf = byRunner(runs);
  return (runnerId) => ({ profileCount: profilesOf.get(runnerId) ?? 0, activeRunCount: runsOf.get(runnerId) ?? 0 });
}
