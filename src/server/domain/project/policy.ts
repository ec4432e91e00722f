import type { ApiKeyScope } from "@deskhand/shared/schemas/api-key";
import type { MemberRole, Permission } from "@deskhand/shared/schemas/project";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";

const memberMay = ["project.read", "profile.write", "workflow.write", "run.write"] as const;
const adminMay = ["runner.manage", "apiKey.manage", "alert.manage"] as const;

const byRole: Record<MemberRole, readonly Permission[]> = {
  member: memberMay,
  admin: [...memberMay, ...adminMay],
  owner: [...memberMay, ...adminMay, "project.manage"],
};

const scopeFor: Record<Permission, ApiKeyScope> = {
  "project.read": "read",
  "run.write": "run",
  "profile.write": "write",
  "workflow.write": "write",
  "runner.manage": "manage",
  "apiKey.manage": "manage",
  "alert.manage": "manage",
  "project.manage": "manage",
};

/**
 * May the actor do this in this project? Answers with the project and the role. Throws NOT_FOUND to those who are no members (so
 * nobody learns what exists), FORBIDDEN to members without the right, SCOPE_MISSING to API keys without the scope,
 * PROJECT_REQUIRED to people who named no project, UNAUTHENTICATED to nobody in particular.
 */
export async function authorize(
  ctx: Context,
  projectId: string | undefined,
  permission: Permission,
): Promise<{ projectId: string; role: MemberRole }> {
  const { actor } = ctx;
  if (actor.kind !== "user" && actor.kind !== "apiKey") throw new AppError("UNAUTHENTICATED");
  const wanted = projectId ?? (actor.kind === "apiKey" ? actor.projectId : undefined);
  if (!wanted) throw new AppError("PROJECT_REQUIRED");
  if (actor.kind === "apiKey" && actor.projectId !== wanted) throw new AppError("NOT_FOUND");
  const member = await ctx.db.member.findUnique({ where: { projectId_userId: { projectId: wanted, userId: actor.userId } } });
  if (!member) throw new AppError("NOT_FOUND");
  if (actor.kind === "apiKey" && !actor.scopes.includes(scopeFor[permission]))
    throw new AppError("SCOPE_MISSING", { details: { scope: scopeFor[permission] } });
  if (!byRole[member.role].includes(permission)) throw new AppError("FORBIDDEN");
  return { projectId: wanted, role: member.role };
}

/** Would this permission be granted as well to an actor who was let in with that role? For what only some of the readers see. */
export function mayAlso({ actor }: Context, role: MemberRole, permission: Permission): boolean {
  return byRole[role].includes(permission) && (actor.kind !== "apiKey" || actor.scopes.includes(scopeFor[permission]));
}
