import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { openLocalPage } from "../../../desktop-runner/src/cli/local-page.ts";
import type { ConnectEvent } from "../../../desktop-runner/src/connect/connect-host.ts";
import { pairedHome } from "../../../desktop-runner/src/connection/testing/paired-home.ts";
import { type RunnerHome, runnerHome } from "../../../desktop-runner/src/identity/home.ts";
import { ArtifactIndex } from "../../../desktop-runner/src/journal/artifact-index.ts";
import { Journal } from "../../../desktop-runner/src/journal/journal.ts";
import { startRunner } from "../../../desktop-runner/src/main.ts";
import { editPolicy } from "../../../desktop-runner/src/policy/edit-policy.ts";
import type { Policy } from "../../../desktop-runner/src/policy/policy-file.ts";
import type { RunnerOptions } from "../../../desktop-runner/src/runner-options.ts";
import { decideSigner } from "../../../desktop-runner/src/signing/edit-signers.ts";

export { loadProfileState, saveProfileState } from "../../../desktop-runner/src/browser/profile-store.ts";
export { loadIdentity, sealTo } from "../../../desktop-runner/src/identity/identity.ts";
export type { Runner } from "../../../desktop-runner/src/main.ts";
export { writeBundle } from "../../../desktop-runner/src/profiles/bundle/write-bundle.ts";
export { type FixtureSite, startFixtureSite } from "../../../desktop-runner/src/testing/fixture-site.ts";
export { startSlowLine } from "../../../desktop-runner/src/testing/slow-line.ts";
export { startTestProxy, type TestProxy } from "../../../desktop-runner/src/testing/test-proxy.ts";

/** A runner's folder, paired to this address: what `createRunner` needs to know of it, and what `startRealRunner` starts. */
export async function createRunnerFolder(serverUrl: string) {
  const { home, identity, runnerId, remove } = await pairedHome(serverUrl);
  /** Keeps a file as one of its runs would have left it; only while the runner is stopped. */
  const keepFile = async ({ id, runId, content }: { id: string; runId: string; content: Buffer }) => {
    const file = `${id}.bin`;
    await mkdir(path.join(home.artifactsFolder, runId), { recursive: true });
    await writeFile(path.join(home.artifactsFolder, runId, file), content);
    const journal = new Journal(home.journalFile);
    new ArtifactIndex(journal).add({ id, runId, file, contentType: "application/octet-stream", bytes: content.length });
    journal.close();
  };
  return { home, runnerId, publicKey: identity.publicKey, fingerprint: identity.fingerprint, keepFile, remove };
}

/** What the runner's owner does on the device. */
export function changePolicy(home: RunnerHome, part: Partial<Policy>): void {
  editPolicy(home, (policy) => ({ ...policy, ...part }));
}

/** What the runner's owner decides on the device about a key that asked. */
export function decideKey(home: RunnerHome, keyId: string, status: "approved" | "rejected" | "revoked"): void {
  decideSigner(home, keyId, status);
}

/** The same folder at another place, as a person would copy it. */
export function copyRunnerFolder(home: RunnerHome) {
  const folder = mkdtempSync(path.join(tmpdir(), "deskhand-copy-"));
  cpSync(home.folder, folder, { recursive: true, filter: (source) => !source.endsWith("lock.db") });
  return { home: runnerHome({ DESKHAND_HOME: folder }), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The real runner of a folder in this process. In the place of the browser is a worker whose run does what the recording's title says. */
export function startRealRunner(home: RunnerHome, onCommand?: RunnerOptions["onCommand"]) {
  const workerFile = path.resolve(import.meta.dirname, "../../../desktop-runner/src/runs/testing/fake-worker.ts");
  return startRunner({ home, workerFile, concurrency: 4, onCommand });
}

/** As {@link startRealRunner}, with the real worker and its browser. */
export function startRunnerWithBrowser(home: RunnerHome) {
  const workerFile = path.resolve(import.meta.dirname, "../../../desktop-runner/src/worker/main.ts");
  return startRunner({ home, workerFile, concurrency: 2, localPort: 0 });
}

/** Has the runner that runs on this folder open a profile for programs, as `deskhand profiles connect` does. */
export async function connectProgram(home: RunnerHome, profileId: string) {
  const page = await openLocalPage(home);
  const { body } = await page.post("/api/connect", { profileId, label: "a program", port: 0, idleMs: 60_000 });
  const lines = createInterface({ input: Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]) });
  const events = lines[Symbol.asyncIterator]();
  return {
    /** What it says of itself next of this kind; undefined when it is over before. */
    async next(type: ConnectEvent["type"]): Promise<ConnectEvent | undefined> {
      for (let line = await events.next(); !line.done; line = await events.next()) {
        const event = JSON.parse(line.value) as ConnectEvent;
        if (event.type === type) return event;
      }
      return undefined;
    },
    close: () => page.post("/api/connect/close", { profileId }),
  };
}
