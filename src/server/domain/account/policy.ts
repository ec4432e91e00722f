import type { Actor, Context } from "@/server/context";
import { AppError } from "@/server/errors";

/** What is the person's own is for a signed-in person only: API keys act for a project, not for a person. */
export function requirePerson(ctx: Context): Extract<Actor, { kind: "user" }> {
  if (ctx.actor.kind === "anonymous") throw new AppError("UNAUTHENTICATED");
  if (ctx.actor.kind !== "user") throw new AppError("FORBIDDEN");
  return ctx.actor;
}
