import type { TaskKind } from "@deskhand/shared/protocol/task-kinds";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import type { RunnerHome } from "../identity/home.ts";
import type { Api } from "./api.ts";
import { getRunner, signFor } from "./sign-deployment.ts";

/** The signature under one task, when its runner demands it. @throws CliError SIGNER_NOT_APPROVED */
export async function signOrder(
  api: Api,
  home: RunnerHome,
  runnerId: string,
  command: TaskKind,
  payload: object,
): Promise<{ signedManifest?: string }> {
  const signedManifest = await signFor(api, home, await getRunner(api, runnerId), () => orderManifest(runnerId, command, payload));
  return signedManifest === undefined ? {} : { signedManifest };
}
