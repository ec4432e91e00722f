import type { Tx } from "@/server/db";

/**
 * Holds the project until the transaction ends, so that "is this name taken?" and the write that follows are one step. Does not hold
 * up those who only add rows that refer to the project.
 */
export async function lockProject(tx: Tx, projectId: string): Promise<void> {
  // Prisma has no row locks
  await tx.$queryRaw`select 1 from "Project" where id = ${projectId}::uuid for no key update`;
}
