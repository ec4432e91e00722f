import * as z from "zod";
import { type Context, systemClock } from "@/server/context";
import { admitLocalRunner, createFirstProfile } from "@/server/domain/demo/admit-local-runner";
import { createDemo } from "@/server/domain/demo/create-demo";
import type { ServerProcess } from "@/server/process";

/** What the start script asks over the channel that it opened when it started this process. */
const question = z.discriminatedUnion("type", [
  z.object({ type: z.literal("local-runner"), runnerId: z.uuid().nullable() }),
  z.object({ type: z.literal("local-runner-paired"), runnerId: z.uuid() }),
]);

/** Answers the start script; anything else on the channel is ignored. */
export async function answerLocalRunner({ db, logger, env }: ServerProcess, message: unknown): Promise<void> {
  const asked = question.safeParse(message);
  if (!asked.success) return;
  const ctx: Context = { db, logger, clock: systemClock, actor: { kind: "system" } };
  const publicUrl = env.PUBLIC_URL;
  try {
    if (asked.data.type === "local-runner") {
      const firstRun = await createDemo(ctx, { publicUrl });
      const wanted = env.DESKHAND_LOCAL_RUNNER === "on";
      const code = wanted ? await admitLocalRunner(ctx, { publicUrl, runnerId: asked.data.runnerId }) : null;
      process.send?.({ type: "local-runner", code, firstRun });
    } else {
      const profileId = await createFirstProfile(ctx, { runnerId: asked.data.runnerId });
      process.send?.({ type: "local-runner-paired", profileId });
    }
  } catch (error) {
    // the start script gives up on us when the channel closes, and shows this line
    logger.fatal({ err: error }, "the first start could not be prepared");
    process.exit(1);
  }
}
