import { runDetail, runView } from "@deskhand/shared/schemas/run";
import { rerunManifest } from "@deskhand/shared/signing/make-manifest";
import { runnerHome } from "../../identity/home.ts";
import { createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { requireRunId } from "../lookup.ts";
import { accessFrom } from "../settings.ts";
import { getRunner, signFor } from "../sign-deployment.ts";
import { endLine, watchRuns } from "../watch-runs.ts";

/** `deskhand runs rerun RUN`: one more run of the same version and inputs, on the same profile. */
export async function rerun(wanted: string, flags: { watch?: boolean }, { env, output }: CommandContext): Promise<number> {
  const of = requireRunId(wanted);
  const api = createApi(accessFrom(env));
  const { manifestId, profileId, runnerId } = await api.get(`/runs/${of}`, runDetail);
  // what was not signed in the first place has to be deployed anew, which the server says
  const signedManifest =
    manifestId === null
      ? undefined
      : await signFor(api, runnerHome(env), await getRunner(api, runnerId), () => rerunManifest(runnerId, manifestId, profileId));
  const again = await api.post(`/runs/${of}/rerun`, { signedManifest }, runView);
  const { id: runId, deploymentId, profileName } = again;
  if (!flags.watch) {
    output.result(
      { runId, of, deploymentId, status: again.state },
      `Running again on "${profileName}". Follow it with: deskhand logs ${runId} --follow`,
    );
    return 0;
  }
  output.tell({ type: "rerun", runId, of, deploymentId }, `Running again on "${profileName}".`);
  const [ended] = await watchRuns(api, [runId], output);
  const { state = "failed", failureCode = null, failureStep = null } = ended ?? {};
  output.result({ runId, of, deploymentId, status: state, failureCode, failureStep }, ended && endLine(ended));
  return state === "succeeded" ? 0 : 1;
}
