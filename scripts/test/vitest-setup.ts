import { startTestServer } from "../../src/server/testing/database.ts";

/** Vitest calls this once before the test files of a run; what it returns is called after them. */
export async function setup(): Promise<() => Promise<void>> {
  return startTestServer();
}
