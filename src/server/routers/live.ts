import { inProject } from "@deskhand/shared/schemas/common";
import { watchProject } from "@/server/domain/project/watch-project";
import { serverProcess } from "@/server/process";
import { procedure, router } from "./trpc.ts";

export const liveRouter = router({
  /** Hints that something of the project changed. Topic `project` means: look at everything again. */
  changes: procedure
    .meta({ policy: "project.read" })
    .input(inProject)
    .subscription(({ ctx, input, signal }) => watchProject(ctx, input, serverProcess().signals, signal)),
});
