import { keyFingerprint, type Manifest, registrationText } from "@deskhand/shared/schemas/manifest";
import { type RunnerView, runnerView } from "@deskhand/shared/schemas/runner";
import { type SigningKeyView, signingKeyView } from "@deskhand/shared/schemas/signing-key";
import { deployManifest, type SigningKey, signManifest } from "@deskhand/shared/signing/make-manifest";
import type { RunnerHome } from "../identity/home.ts";
import { loadPairing } from "../identity/pairing-file.ts";
import { trustOwnKey } from "../signing/edit-signers.ts";
import { ownKey } from "../signing/own-key.ts";
import type { Api } from "./api.ts";
import { CliError } from "./failure.ts";

type Deploy = Omit<Parameters<typeof deployManifest>[0], "runnerId">;

/** How long the runner may take to tell the server that this folder's key is trusted, milliseconds. */
const approvalMs = 10_000;
const lookEveryMs = 200;

/**
 * Signs a deployment with this folder's key, when the runner demands it. The runner of the same folder trusts it without asking; any
 * other has to approve it once, on its computer. @throws CliError SIGNER_NOT_APPROVED
 */
export function signDeployment(api: Api, home: RunnerHome, runner: RunnerView, deploy: Deploy): Promise<string | undefined> {
  return signFor(api, home, runner, () => deployManifest({ ...deploy, runnerId: runner.id }));
}

/** As {@link signDeployment}, for anything that a runner wants signed. */
export async function signFor(
  api: Api,
  home: RunnerHome,
  runner: RunnerView,
  make: () => Manifest | Promise<Manifest>,
): Promise<string | undefined> {
  const key = await approvedKey(api, home, runner);
  return key && signManifest(key, await make());
}

/** This folder's key, when the runner demands signatures and trusts it. @throws CliError SIGNER_NOT_APPROVED */
export async function approvedKey(api: Api, home: RunnerHome, runner: RunnerView): Promise<SigningKey | undefined> {
  if (!runner.signaturesRequired) return undefined;
  const key = ownKey(home);
  const registered = await api.post(
    "/signing-keys",
    {
      projectId: runner.projectId,
      publicKey: key.publicKey,
      kind: "cli",
      name: key.name,
      signature: key.signText(registrationText(key.publicKey, runner.projectId)),
    },
    signingKeyView,
  );
  const isOwn = loadPairing(home)?.runnerId === runner.id;
  if (isOwn) trustOwnKey(home, key);
  if (statusOn(registered, runner) !== "approved") await askFor(api, runner, registered, isOwn);
  return key;
}

async function askFor(api: Api, runner: RunnerView, key: SigningKeyView, isOwn: boolean): Promise<void> {
  let asked = await api.post(`/runners/${runner.id}/signers`, { signingKeyId: key.id }, signingKeyView);
  // one that is offline decides when it is back
  const patience = runner.online && isOwn ? approvalMs : 0;
  for (const end = Date.now() + patience; statusOn(asked, runner) !== "approved" && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    asked = await api.get(`/signing-keys/${key.id}`, signingKeyView);
  }
  if (statusOn(asked, runner) === "approved" || (isOwn && !runner.online)) return;
  const fingerprint = keyFingerprint(key.keyId);
  throw new CliError(
    "SIGNER_NOT_APPROVED",
    3,
    `The runner “${runner.name}” has not approved this computer's key, ${fingerprint}.`,
    `On the runner's computer run: deskhand keys approve ${fingerprint.slice(0, 9)} (compare the whole fingerprint), then try again.`,
    { details: { fingerprint, keyId: key.keyId } },
  );
}

function statusOn(key: SigningKeyView, runner: RunnerView) {
  return key.runners.find(({ runnerId }) => runnerId === runner.id)?.status;
}

export function getRunner(api: Api, runnerId: string): Promise<RunnerView> {
  return api.get(`/runners/${runnerId}`, runnerView);
}
