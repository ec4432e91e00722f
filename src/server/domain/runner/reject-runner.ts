import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { Context } from "@/server/context";
import { changeStatus } from "./change-status.ts";
import { findRunner, showRunner } from "./queries.ts";

/** Turns a pending runner away. One that is rejected stays so. @throws AppError NOT_FOUND, CONFLICT for any other status */
export async function rejectRunner(ctx: Context, input: { id: string }): Promise<RunnerView> {
  const runner = await findRunner(ctx, input.id, "runner.manage");
  return showRunner(ctx, await changeStatus(ctx, runner, { from: ["pending"], to: "rejected" }));
}
