import { byId } from "@deskhand/shared/schemas/common";
import { createProjectInput, projectList, projectView, renameProjectInput } from "@deskhand/shared/schemas/project";
import { createProject } from "@/server/domain/project/create-project";
import { getProject, listProjects } from "@/server/domain/project/queries";
import { renameProject } from "@/server/domain/project/rename-project";
import { procedure, router } from "./trpc.ts";

const tags = ["Projects"];

export const projectRouter = router({
  list: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/projects", tags, summary: "List the projects that the caller sees", protect: true },
    })
    .output(projectList)
    .query(({ ctx }) => listProjects(ctx)),

  get: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/projects/{id}", tags, summary: "Get a project", protect: true } })
    .input(byId)
    .output(projectView)
    .query(({ ctx, input }) => getProject(ctx, input)),

  create: procedure
    .meta({
      policy: "account",
      openapi: { method: "POST", path: "/projects", tags, summary: "Create a project (signed in, not with an API key)", protect: true },
    })
    .input(createProjectInput)
    .output(projectView)
    .mutation(({ ctx, input }) => createProject(ctx, input)),

  rename: procedure
    .meta({
      policy: "project.manage",
      openapi: { method: "PATCH", path: "/projects/{id}", tags, summary: "Rename a project", protect: true },
    })
    .input(renameProjectInput)
    .output(projectView)
    .mutation(({ ctx, input }) => renameProject(ctx, input)),
});
