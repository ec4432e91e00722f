import { done } from "@deskhand/shared/schemas/common";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { configureMade } from "@deskhand/shared/signing/configure-made";
import { orderManifest, signManifest } from "@deskhand/shared/signing/make-manifest";
import { runnerHome } from "../../../identity/home.ts";
import { loadPairing } from "../../../identity/pairing-file.ts";
import type { Api } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../failure.ts";
import { findRunner } from "../../lookup.ts";
import { approvedKey, getRunner } from "../../sign-deployment.ts";

type Made = { id: string; toSign?: ProfileSettings | undefined };

/** The runner that is named, else this computer's. @throws CliError USAGE when there is neither */
export async function runnerToMakeOn(api: Api, env: CommandContext["env"], named: string | undefined): Promise<string> {
  const runnerId = named ? (await findRunner(api, named)).id : loadPairing(runnerHome(env))?.runnerId;
  if (!runnerId) throw usageError("This computer has no runner of its own.", "Say which one it is for: --runner NAME");
  return runnerId;
}

/**
 * Makes profiles, each as a device of its own, signed where the runner demands it.
 * @throws CliError SIGNER_NOT_APPROVED, and then nothing was made
 */
export async function makeProfiles<T extends Made>(
  api: Api,
  env: CommandContext["env"],
  runnerId: string,
  create: (runner: RunnerView) => Promise<T[]>,
): Promise<T[]> {
  const runner = await getRunner(api, runnerId);
  const key = await approvedKey(api, runnerHome(env), runner);
  const made = await create(runner);
  await configureMade(made, async (profiles) => {
    const signed = key && { signedManifest: await signManifest(key, await orderManifest(runnerId, "profile.configure", { profiles })) };
    await api.post("/profiles/configure", { projectId: runner.projectId, runnerId, profiles, ...signed }, done);
  });
  return made;
}
