import type { ErrorCode } from "@deskhand/shared/error-codes";
import type { Context } from "@/server/context";
import { refusalOf } from "./rules.ts";

/** Why a runner may not stay connected; undefined when it may. */
export async function checkAdmission(ctx: Context, runnerId: string): Promise<ErrorCode | undefined> {
  const runner = await ctx.db.runner.findUnique({ where: { id: runnerId }, select: { status: true } });
  return runner ? refusalOf(runner.status) : "RUNNER_UNKNOWN";
}
