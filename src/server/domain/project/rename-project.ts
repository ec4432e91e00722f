import type { ProjectView } from "@deskhand/shared/schemas/project";
import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { authorize } from "./policy.ts";
import { projectView } from "./view.ts";

export async function renameProject(ctx: Context, input: { id: string; name: string }): Promise<ProjectView> {
  const { projectId, role } = await authorize(ctx, input.id, "project.manage");
  return ctx.db.$transaction(async (tx) => {
    const project = await tx.project.update({ where: { id: projectId }, data: { name: input.name } });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "project", id: projectId }]);
    return projectView(project, role);
  });
}
