import { byId } from "@deskhand/shared/schemas/common";
import { taskView } from "@deskhand/shared/schemas/task";
import { getTask } from "@/server/domain/task/queries";
import { procedure, router } from "./trpc.ts";

export const taskRouter = router({
  get: procedure
    .meta({
      policy: "project.read",
      openapi: {
        method: "GET",
        path: "/tasks/{id}",
        tags: ["Runners"],
        summary: "Get what came of something that a runner was asked",
        protect: true,
      },
    })
    .input(byId)
    .output(taskView)
    .query(({ ctx, input }) => getTask(ctx, input)),
});
