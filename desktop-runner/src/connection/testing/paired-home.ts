import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureHome, type RunnerHome, runnerHome } from "../../identity/home.ts";
import { newIdentity, type RunnerIdentity, saveIdentity } from "../../identity/identity.ts";
import { savePairing } from "../../identity/pairing-file.ts";
import { editPolicy } from "../../policy/edit-policy.ts";
import type { Policy } from "../../policy/policy-file.ts";

export type PairedHome = { home: RunnerHome; identity: RunnerIdentity; runnerId: string; remove(): void };

/** A runner's folder of its own, paired to this address. It does without signatures unless `signatures` says otherwise. */
export async function pairedHome(
  serverUrl: string,
  { signatures = "optional" }: Pick<Partial<Policy>, "signatures"> = {},
): Promise<PairedHome> {
  const folder = mkdtempSync(path.join(tmpdir(), "deskhand-home-"));
  const home = runnerHome({ DESKHAND_HOME: folder });
  ensureHome(home);
  const keys = await newIdentity();
  saveIdentity(home, keys);
  const { identity } = keys;
  const runnerId = randomUUID();
  savePairing(home, { runnerId, projectId: randomUUID(), serverUrl, name: "test", fingerprint: identity.fingerprint });
  editPolicy(home, (policy) => ({ ...policy, signatures }));
  return { home, identity, runnerId, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
