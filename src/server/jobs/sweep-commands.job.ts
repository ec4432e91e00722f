import type { Context } from "@/server/context";
import { sweepCommands } from "@/server/domain/command/sweep-commands";
import { settleCopies } from "@/server/domain/profile/settle-copies";
import { settleMoves } from "@/server/domain/profile-move/settle-moves";
import { dropDeadConnections } from "@/server/domain/runner/disconnect-runner";

/** Ends what nobody else will end: see `sweepCommands`. */
export async function sweepCommandsJob(ctx: Context): Promise<void> {
  const offline = await dropDeadConnections(ctx);
  const ended = await sweepCommands(ctx);
  // moves and copies end with their commands, also when nobody has told so
  const moves = await settleMoves(ctx);
  const copies = await settleCopies(ctx);
  if (copies > 0 || offline > 0 || moves > 0 || Object.keys(ended).length > 0) ctx.logger.info({ offline, ended, moves, copies }, "swept");
}
