import { startTestServer } from "../../src/server/testing/database.ts";
import { generatePrismaClient } from "../prisma/generate.ts";

/** Vitest calls this once before the test files of a run; what it returns is called after them. */
export async function setup(): Promise<() => Promise<void>> {
  await generatePrismaClient(() => {});
  return startTestServer();
}
