import { hostname } from "node:os";
import type { pairedRunnerView, pairRunnerInput } from "@deskhand/shared/schemas/runner";
import type * as z from "zod";
import { ensureHome, type RunnerHome } from "../identity/home.ts";
import { loadIdentity, newIdentity, saveIdentity } from "../identity/identity.ts";
import { forgetJoin } from "../identity/join.ts";
import { lockFolder } from "../identity/lock.ts";
import { loadPairing, savePairing } from "../identity/pairing-file.ts";
import { Journal } from "../journal/journal.ts";
import { runnerVersion } from "../version.ts";

export type PairOptions = {
  home: RunnerHome;
  serverUrl: string;
  /** Where people open the dashboard, when that is another address. */
  dashboardUrl?: string | undefined;
  code: string;
  /** The computer's name when absent. */
  name?: string | undefined;
  /** New keys, and the folder may be paired to another server. */
  force: boolean;
  /** Sends the request; throws when the server refuses it. */
  send(body: z.input<typeof pairRunnerInput>): Promise<z.infer<typeof pairedRunnerView>>;
};

export type PairOutcome =
  | { ok: true; runnerId: string; projectId: string; status: string; fingerprint: string; name: string }
  | { ok: false; reason: "ALREADY_RUNNING" | "FINGERPRINT_DIFFERS" }
  | { ok: false; reason: "ALREADY_PAIRED"; serverUrl: string };

/**
 * Makes this folder's runner known to a server by a one-time code. Keys that exist are kept, so that the server recognizes the
 * device and its profiles, unless `force` asks for new ones. Nothing is replaced before the server has agreed.
 */
export async function pairRunner({ home, serverUrl, code, force, send, ...options }: PairOptions): Promise<PairOutcome> {
  ensureHome(home);
  const lock = lockFolder(home);
  if (!lock) return { ok: false, reason: "ALREADY_RUNNING" };
  try {
    const known = force ? undefined : loadPairing(home);
    if (known && known.serverUrl !== serverUrl) return { ok: false, reason: "ALREADY_PAIRED", serverUrl: known.serverUrl };
    const keys = (force ? undefined : loadIdentity(home)?.keys) ?? (await newIdentity());
    const name = options.name?.trim() || computerName();
    const paired = await send({
      code,
      name,
      platform: process.platform,
      arch: process.arch,
      version: runnerVersion,
      publicKey: keys.identity.publicKey,
      sealRecipient: keys.identity.sealRecipient,
    });
    if (paired.fingerprint !== keys.identity.fingerprint) return { ok: false, reason: "FINGERPRINT_DIFFERS" };
    const journal = new Journal(home.journalFile);
    try {
      // commands of a runner that this folder is not any more
      if (loadPairingId(home) !== paired.runnerId) journal.forgetCommands();
    } finally {
      journal.close();
    }
    // the pairing last: a kill in between leaves a folder that is not paired, never one with the wrong keys
    forgetJoin(home);
    saveIdentity(home, keys);
    const { runnerId, projectId, status, fingerprint } = paired;
    const { dashboardUrl } = options;
    savePairing(home, { runnerId, projectId, serverUrl, ...(dashboardUrl ? { dashboardUrl } : {}), name, fingerprint });
    return { ok: true, runnerId, projectId, status, fingerprint, name };
  } finally {
    lock.release();
  }
}

function loadPairingId(home: RunnerHome): string | undefined {
  try {
    return loadPairing(home)?.runnerId;
  } catch {
    return undefined;
  }
}

function computerName(): string {
  const name = hostname()
    .replaceAll(/\p{Cc}/gu, "")
    .trim()
    .slice(0, 80);
  return name || "My computer";
}
