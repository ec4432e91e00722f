import type { Page } from "@deskhand/shared/schemas/common";
import type { listMovesInput, ProfileMoveView } from "@deskhand/shared/schemas/profile-move";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { afterCursor, newestFirst, pageFrom } from "@/server/cursor";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import type { Prisma } from "@/server/generated/prisma/client";
import { activeMoves } from "./rules.ts";

const named = { select: { id: true, name: true } } as const;
const withNames = { profile: named, from: named, to: named } satisfies Prisma.ProfileMoveInclude;

/** A page of moves, newest first. */
export async function listMoves(ctx: Context, input: z.output<typeof listMovesInput>): Promise<Page<ProfileMoveView>> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const { state, profileId } = input;
  const rows = await ctx.db.profileMove.findMany({
    where: {
      projectId,
      ...(state ? { state: state === "active" ? { in: [...activeMoves] } : state } : {}),
      ...(profileId ? { profileId } : {}),
      ...afterCursor(input.cursor),
    },
    include: withNames,
    orderBy: newestFirst,
    take: input.limit + 1,
  });
  return pageFrom(rows, input.limit, viewMove);
}

/** @throws AppError NOT_FOUND */
export async function getMove(ctx: Context, { id }: { id: string }): Promise<ProfileMoveView> {
  const move = await ctx.db.profileMove.findUnique({ where: { id }, include: withNames });
  if (!move) throw new AppError("NOT_FOUND");
  await authorize(ctx, move.projectId, "project.read");
  return viewMove(move);
}

function viewMove(move: Prisma.ProfileMoveGetPayload<{ include: typeof withNames }>): ProfileMoveView {
  const { id, profile, from, to, state, failureCode, createdAt, finishedAt } = move;
  return { id, profile, from, to, state, failureCode, createdAt: createdAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null };
}
