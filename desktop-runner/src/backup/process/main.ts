import { once } from "node:events";
import { runnerHome } from "../../identity/home.ts";
import { restore } from "../engine/restore.ts";
import type { BackupProgress } from "../progress.ts";
import { failureCodeOf, failureOf, runBackup, runVerify } from "../run-backup.ts";
import { joinBackup, setUpBackup } from "../setup/set-up.ts";
import { withRepository } from "../with-repository.ts";
import type { BackupEnd, BackupMessage, SetUpOrder } from "./messages.ts";

/** Progress is told at most this often, milliseconds. */
const tellEveryMs = 500;

/** The child that does one thing with a backup and ends: what it needs for that is not held by the process that is always on. */
process.umask(0o077);
const abort = new AbortController();
// the runner is gone or asks for the end: what was sent is found again by the next one
process.on("disconnect", () => abort.abort(new Error("stopped")));
process.on("SIGTERM", () => abort.abort(new Error("stopped")));

function send(message: BackupMessage, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent);
  else sent();
}

let toldAt = 0;
function onProgress(progress: BackupProgress): void {
  if (Date.now() - toldAt < tellEveryMs) return;
  toldAt = Date.now();
  send({ type: "progress", progress });
}

async function work(action: string | undefined): Promise<Omit<BackupEnd, "type">> {
  const home = runnerHome();
  const conduct = { signal: abort.signal, onProgress };
  if (action === "set-up") {
    const [{ config, existing, passphrase, recoveryKey }] = (await once(process, "message")) as [SetUpOrder];
    if (!existing) return { failureCode: null, recoveryKey: await setUpBackup(home, config, passphrase) };
    await joinBackup(home, config, recoveryKey ? { recoveryKey } : { passphrase });
    return { failureCode: null };
  }
  if (action === "verify") {
    const { isWhole } = await runVerify(home, undefined, conduct);
    return { failureCode: isWhole ? null : "BACKUP_OBJECT_MISSING" };
  }
  if (action === "restore") {
    const { restored, failed } = await withRepository(home, conduct, (operation) => restore(operation, { withPolicy: true }));
    return { failureCode: null, restored: { done: restored.length, failed: failed.length } };
  }
  return { failureCode: failureOf(await runBackup(home, conduct)) };
}

const end = await work(process.argv[2]).catch((error: unknown) => ({ failureCode: failureCodeOf(error, abort.signal) }));
send({ type: "ended", ...end }, () => process.exit(0));
