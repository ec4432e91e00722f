import type { TaskPayload } from "@deskhand/shared/protocol/tasks";
import { type RunnerView, runnerList } from "@deskhand/shared/schemas/runner";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import type { RunnerHome } from "../identity/home.ts";
import type { Api } from "./api.ts";
import { signFor } from "./sign-deployment.ts";

type Payload = Omit<TaskPayload<"proxy.configure">, "signedManifest" | "requestedBy">;

/** The project's accepted runners: who is told of proxies, and whom their secrets are sealed to. */
export async function acceptedRunners(api: Api): Promise<RunnerView[]> {
  return (await api.get("/runners", runnerList)).items.filter(({ status }) => status === "accepted");
}

/** One signature for each runner that demands them, under the same order. @throws CliError SIGNER_NOT_APPROVED */
export async function signProxies(api: Api, home: RunnerHome, runners: readonly RunnerView[], payload: Payload) {
  const signed: { runnerId: string; signedManifest: string }[] = [];
  for (const runner of runners) {
    const signedManifest = await signFor(api, home, runner, () => orderManifest(runner.id, "proxy.configure", payload));
    if (signedManifest !== undefined) signed.push({ runnerId: runner.id, signedManifest });
  }
  return signed;
}
