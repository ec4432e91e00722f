import { byId } from "@deskhand/shared/schemas/common";
import { createDeploymentInput, deploymentView } from "@deskhand/shared/schemas/deployment";
import { createDeployment } from "@/server/domain/deployment/create-deployment";
import { getDeployment } from "@/server/domain/deployment/queries";
import { procedure, router } from "./trpc.ts";

const tags = ["Deployments"];

export const deploymentRouter = router({
  create: procedure
    .meta({
      policy: "run.write",
      openapi: { method: "POST", path: "/deployments", tags, summary: "Deploy a workflow: one run for each profile", protect: true },
    })
    .input(createDeploymentInput)
    .output(deploymentView)
    .mutation(({ ctx, input }) => createDeployment(ctx, input)),

  get: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/deployments/{id}", tags, summary: "Get a deployment", protect: true },
    })
    .input(byId)
    .output(deploymentView)
    .query(({ ctx, input }) => getDeployment(ctx, input)),
});
