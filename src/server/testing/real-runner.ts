import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pairedHome } from "../../../desktop-runner/src/connection/testing/paired-home.ts";
import { type RunnerHome, runnerHome } from "../../../desktop-runner/src/identity/home.ts";
import { startRunner } from "../../../desktop-runner/src/main.ts";

export type { Runner } from "../../../desktop-runner/src/main.ts";

/** A runner's folder, paired to this address: what `createRunner` needs to know of it, and what `startRealRunner` starts. */
export async function createRunnerFolder(serverUrl: string) {
  const { home, identity, runnerId, remove } = await pairedHome(serverUrl);
  return { home, runnerId, publicKey: identity.publicKey, fingerprint: identity.fingerprint, remove };
}

/** The same folder at another place, as a person would copy it. */
export function copyRunnerFolder(home: RunnerHome) {
  const folder = mkdtempSync(path.join(tmpdir(), "deskhand-copy-"));
  cpSync(home.folder, folder, { recursive: true, filter: (source) => !source.endsWith("lock.db") });
  return { home: runnerHome({ DESKHAND_HOME: folder }), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The real runner of a folder in this process. In the place of the browser is a worker whose run does what the recording's title says. */
export function startRealRunner(home: RunnerHome) {
  const workerFile = path.resolve(import.meta.dirname, "../../../desktop-runner/src/runs/testing/fake-worker.ts");
  return startRunner({ home, workerFile, concurrency: 4 });
}
