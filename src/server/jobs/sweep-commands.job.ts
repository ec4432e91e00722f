import type { Context } from "@/server/context";
import { sweepCommands } from "@/server/domain/command/sweep-commands";
import { settleMoves } from "@/server/domain/profile-move/settle-moves";
import { dropDeadConnections } from "@/server/domain/runner/disconnect-runner";

/** Ends what nobody else will end: see `sweepCommands`. */
export async function sweepCommandsJob(ctx: Context): Promise<void> {
  const offline = await dropDeadConnections(ctx);
  const ended = await sweepCommands(ctx);
  // a move ends with its command, also when nobody has told so
  const moves = await settleMoves(ctx);
  if (offline > 0 || moves > 0 || Object.keys(ended).length > 0) ctx.logger.info({ offline, ended, moves }, "swept");
}
