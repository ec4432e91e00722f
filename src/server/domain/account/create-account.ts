import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { AppError } from "@/server/errors";

type NewAccount = {
  name: string;
  /** In lower case. */
  email: string;
  /** Null for people who sign in through a provider only. */
  passwordHash: string | null;
  isOperator?: boolean;
  projectName?: string;
};

/**
 * A person with a first project that they own, in one transaction.
 * `alsoIn` writes what must exist together with the account.
 * @throws AppError EMAIL_TAKEN
 */
export async function createAccount(
  ctx: Context,
  input: NewAccount,
  alsoIn?: (tx: Tx, created: { userId: string; projectId: string }) => Promise<void>,
): Promise<{ userId: string; projectId: string }> {
  const createdAt = ctx.clock.now();
  try {
    return await ctx.db.$transaction(async (tx) => {
      const user = await tx.user.create({
        data: {
          name: input.name,
          email: input.email.toLowerCase(),
          passwordHash: input.passwordHash,
          isOperator: input.isOperator ?? false,
          createdAt,
        },
        select: { id: true },
      });
      const project = await tx.project.create({
        data: {
          name: input.projectName ?? "My project",
          createdAt,
          members: { create: { userId: user.id, role: "owner", createdAt } },
        },
        select: { id: true },
      });
      const created = { userId: user.id, projectId: project.id };
      await alsoIn?.(tx, created);
      return created;
    });
  } catch (error) {
    if (isTaken(error)) throw new AppError("EMAIL_TAKEN", { cause: error });
    throw error;
  }
}

/** By its code and not by its class: the client may come from the process's other module graph. */
function isTaken(error: unknown): boolean {
  const { code, meta } = (error ?? {}) as { code?: unknown; meta?: { modelName?: unknown } };
  return code === "P2002" && meta?.modelName === "User";
}
