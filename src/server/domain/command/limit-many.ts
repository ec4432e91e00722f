import type { Context } from "@/server/context";
import { limitCommands } from "./limit-commands.ts";

/** As `limitCommands`, for tasks that name profiles of several runners, up to `each` of them a command. */
export async function limitMany(ctx: Context, projectId: string, profiles: readonly { runnerId: string }[], each: number): Promise<void> {
  for (const [runnerId, own] of Map.groupBy(profiles, ({ runnerId }) => runnerId)) {
    await limitCommands(ctx, { projectId, runnerId, count: Math.ceil(own.length / each) });
  }
}
