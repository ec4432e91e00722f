import type { ProjectView } from "@deskhand/shared/schemas/project";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { MAX_PROJECTS_PER_PERSON } from "@/server/limits";
import { projectView } from "./view.ts";

/** A project that its maker owns. @throws AppError UNAUTHENTICATED; FORBIDDEN to API keys; CONFLICT at 50 of one's own */
export async function createProject(ctx: Context, input: { name: string }): Promise<ProjectView> {
  const { actor } = ctx;
  if (actor.kind === "anonymous") throw new AppError("UNAUTHENTICATED");
  if (actor.kind !== "user") throw new AppError("FORBIDDEN");
  const owned = await ctx.db.member.count({ where: { userId: actor.userId, role: "owner" } });
  if (owned >= MAX_PROJECTS_PER_PERSON) {
    throw new AppError("CONFLICT", { userMessage: `A person may own ${MAX_PROJECTS_PER_PERSON} projects.` });
  }
  const createdAt = ctx.clock.now();
  const project = await ctx.db.project.create({
    data: { name: input.name, createdAt, members: { create: { userId: actor.userId, role: "owner", createdAt } } },
  });
  return projectView(project, "owner");
}
