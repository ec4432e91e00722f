import type { Actor, Context } from "@/server/context";
import { AppError } from "@/server/errors";

/** What is the person's own is for a signed-in person only: API keys act for a project, not for a person. */
export function requirePerson(ctx: Context): Extract<Actor, { kind: "user" }> {
  if (ctx.actor.kind === "anonymous") throw new AppError("UNAUTHENTICATED");
  if (ctx.actor.kind !== "user") throw new AppError("FORBIDDEN");
  return ctx.actor;
}

/** Is the actor staff of the installation? A key acts for a project, never for the installation. */
export async function mayOperate({ actor, db }: Context): Promise<boolean> {
  if (actor.kind !== "user") return false;
  return (await db.user.findUnique({ where: { id: actor.userId }, select: { isOperator: true } }))?.isOperator ?? false;
}

/**
 * What is the installation's is for its operators. Everybody else who is signed in is told that there is nothing.
 * @throws AppError UNAUTHENTICATED; NOT_FOUND
 */
export async function requireOperator(ctx: Context): Promise<void> {
  if (ctx.actor.kind === "anonymous") throw new AppError("UNAUTHENTICATED");
  if (!(await mayOperate(ctx))) throw new AppError("NOT_FOUND");
}
