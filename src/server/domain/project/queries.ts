import type { ProjectView } from "@deskhand/shared/schemas/project";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { authorize } from "./policy.ts";
import { projectView } from "./view.ts";

/** The projects that the actor sees, the oldest first: a person's memberships (at most 200), an API key's own. */
export async function listProjects(ctx: Context): Promise<{ items: ProjectView[] }> {
  const { actor } = ctx;
  if (actor.kind === "apiKey") return { items: [await getProject(ctx, { id: actor.projectId })] };
  if (actor.kind !== "user") throw new AppError("UNAUTHENTICATED");
  const members = await ctx.db.member.findMany({
    where: { userId: actor.userId },
    include: { project: true },
    orderBy: [{ project: { createdAt: "asc" } }, { projectId: "asc" }],
    take: 200,
  });
  return { items: members.map(({ project, role }) => projectView(project, role)) };
}

export async function getProject(ctx: Context, input: { id: string }): Promise<ProjectView> {
  const { projectId, role } = await authorize(ctx, input.id, "project.read");
  return projectView(await ctx.db.project.findUniqueOrThrow({ where: { id: projectId } }), role);
}
