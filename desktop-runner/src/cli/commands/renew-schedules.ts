import { type DeploymentView, deploymentView } from "@deskhand/shared/schemas/deployment";
import { olderScheduleList, scheduleRenewal } from "@deskhand/shared/schemas/older-schedules";
import { signManifest } from "@deskhand/shared/signing/make-manifest";
import { signRenewal } from "@deskhand/shared/signing/sign-renewal";
import { type RunnerHome, runnerHome } from "../../identity/home.ts";
import { type Api, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { countWords } from "../count-words.ts";
import { CliError, usageError } from "../failure.ts";
import { findWorkflow, isId } from "../lookup.ts";
import { accessFrom } from "../settings.ts";
import { approvedKey, getRunner } from "../sign-deployment.ts";
import { recordingOf } from "../workflow-version.ts";

/**
 * `deskhand schedules renew`: the latest version takes the place of each, and the older ends once its runner has the newer. Of several, one
 * that is refused does not keep the others.
 */
export async function renewSchedules(wanted: string[], flags: { workflow?: string }, { env, output }: CommandContext): Promise<number> {
  if (wanted.length > 0 === (flags.workflow !== undefined))
    throw usageError(
      "It is not clear what to renew.",
      "Give deployments' ids, or --workflow NAME for all that run an older version of it.",
    );
  const strange = wanted.find((each) => !isId(each));
  if (strange !== undefined)
    throw usageError(`"${strange}" is not a deployment's id.`, "`deskhand schedules list` lists them with their ids.");
  const api = createApi(accessFrom(env));
  const ids = flags.workflow === undefined ? [...new Set(wanted.map((id) => id.toLowerCase()))] : await olderOf(api, flags.workflow);
  const counts = { renewed: 0, unchanged: 0, refused: 0 };
  for (const deploymentId of ids) {
    try {
      const { id, version, workflowName } = await renew(api, runnerHome(env), deploymentId);
      counts.renewed++;
      output.tell(
        { type: "renewed", deploymentId, renewedId: id, version },
        `${deploymentId}: "${workflowName}" runs version ${version} from now on, as ${id}.`,
      );
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const { code, message, whatToDo } = error;
      if (code === "WORKFLOW_UNCHANGED") {
        counts.unchanged++;
        output.tell({ type: "unchanged", deploymentId }, `${deploymentId} runs the newest version.`);
        continue;
      }
      if (ids.length === 1) throw error;
      counts.refused++;
      output.tell({ type: "refused", deploymentId, code }, `${deploymentId} stays as it is: ${message} ${whatToDo}`);
    }
  }
  const { renewed, refused } = counts;
  const words =
    renewed + refused === 0 ? "All of them run the newest version." : `${countWords(renewed, "schedule")} renewed, ${refused} refused.`;
  output.result(counts, words);
  return refused > 0 ? 1 : 0;
}

async function olderOf(api: Api, workflow: string): Promise<string[]> {
  const { id } = await findWorkflow(api, workflow);
  const { items } = await api.get(`/workflows/${id}/older-schedules`, olderScheduleList);
  return items.map(({ deploymentId }) => deploymentId);
}

async function renew(api: Api, home: RunnerHome, id: string): Promise<DeploymentView> {
  const renewal = await api.get(`/deployments/${id}/schedule/renewal`, scheduleRenewal);
  const key = await approvedKey(api, home, await getRunner(api, renewal.runnerId));
  const signed = key && (await signRenewal(renewal, await recordingOf(api, renewal), (manifest) => signManifest(key, manifest)));
  return api.post(`/deployments/${id}/schedule/renew`, { ...signed }, deploymentView);
}
