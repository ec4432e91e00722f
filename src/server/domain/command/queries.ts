import type { CommandView, runnerActivityInput } from "@deskhand/shared/schemas/command";
import type { Page } from "@deskhand/shared/schemas/common";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { afterCursor, newestFirst, pageFrom } from "@/server/cursor";
import { activeStates } from "@/server/domain/run/rules";
import { findRunner } from "@/server/domain/runner/queries";
import { type CommandRow, idsOfActors, type Names, profileOf, viewCommand } from "./view.ts";

const withHistory = {
  transitions: { orderBy: { id: "asc" } },
  run: {
    select: {
      profile: { select: { name: true } },
      workflowVersion: { select: { workflow: { select: { name: true } } } },
    },
  },
} as const;

/** A page of what was asked of a runner, newest first, each with its whole history and who caused it. */
export async function listRunnerActivity(ctx: Context, input: z.output<typeof runnerActivityInput>): Promise<Page<CommandView>> {
  const { id: runnerId, projectId } = await findRunner(ctx, input.id, "project.read");
  const { state } = input;
  const rows: CommandRow[] = await ctx.db.command.findMany({
    where: {
      runnerId,
      ...(state ? { state: state === "active" ? { in: activeStates } : state } : {}),
      ...afterCursor(input.cursor),
    },
    include: withHistory,
    orderBy: newestFirst,
    take: input.limit + 1,
  });
  const names = await namesFor(ctx, projectId, rows);
  return pageFrom(rows, input.limit, (row) => viewCommand(row, names));
}

async function namesFor(ctx: Context, projectId: string, rows: CommandRow[]): Promise<Names> {
  const { user, apiKey, runner } = idsOfActors(rows);
  const profiles = rows.flatMap((row) => profileOf(row) ?? []);
  const select = { id: true, name: true } as const;
  // only those of this project: an id in a history says nothing about who may read the name
  const found = await Promise.all([
    ctx.db.user.findMany({ where: { id: { in: user } }, select }),
    ctx.db.apiKey.findMany({ where: { id: { in: apiKey }, projectId }, select }),
    ctx.db.runner.findMany({ where: { id: { in: runner }, projectId }, select }),
    ctx.db.profile.findMany({ where: { id: { in: profiles }, projectId }, select }),
  ]);
  return new Map(found.flat().map(({ id, name }) => [id, name]));
}
