import type { MemberRole, ProjectView } from "@deskhand/shared/schemas/project";

export function projectView(project: { id: string; name: string; createdAt: Date }, role: MemberRole): ProjectView {
  return { id: project.id, name: project.name, role, createdAt: project.createdAt.toISOString() };
}
