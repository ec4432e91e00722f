import { chmodSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ensureHome, type RunnerHome } from "./home.ts";

/**
 * Does the work while nobody else edits what the owner decided (policy, signing keys): two edits at once would lose one of them. The
 * operating system lets go of the lock however a process ends. Waits up to 5 s. @throws what `work` throws
 */
export function editAlone<T>(home: RunnerHome, work: () => T): T {
  ensureHome(home);
  const file = path.join(home.policyFolder, "lock.db");
  const database = new DatabaseSync(file);
  try {
    if (process.platform !== "win32") chmodSync(file, 0o600);
    database.exec("pragma busy_timeout = 5000; begin exclusive");
    return work();
  } finally {
    database.close();
  }
}
