import { done } from "@deskhand/shared/schemas/common";
import {
  type DeploymentProgress,
  deploymentPage,
  deploymentProgress,
  deploymentResults,
  retriedDeployment,
} from "@deskhand/shared/schemas/deployment";
import { signManifest } from "@deskhand/shared/signing/make-manifest";
import { signReruns } from "@deskhand/shared/signing/sign-reruns";
import { runnerHome } from "../../identity/home.ts";
import { collectUpTo, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { countWords } from "../count-words.ts";
import { usageError } from "../failure.ts";
import { readCount } from "../flag-values.ts";
import { listed } from "../listed.ts";
import { findRunner, findWorkflow, isId } from "../lookup.ts";
import { accessFrom } from "../settings.ts";
import { shortTime } from "../short-time.ts";
import { approvedKey, getRunner } from "../sign-deployment.ts";

type ListFlags = { workflow?: string; runner?: string; limit?: string };

/** `deskhand deployments list`: newest first. */
export async function listDeployments(flags: ListFlags, { env, output }: CommandContext): Promise<number> {
  const limit = readCount("--limit", flags.limit, { usual: 20, most: 1000 });
  const api = createApi(accessFrom(env));
  const workflowId = flags.workflow === undefined ? undefined : (await findWorkflow(api, flags.workflow)).id;
  const runnerId = flags.runner === undefined ? undefined : (await findRunner(api, flags.runner)).id;
  const found = await collectUpTo(limit, (cursor, size) =>
    api.get("/deployments", deploymentPage, { workflowId, runnerId, cursor, limit: size }),
  );
  for (const { id, ...deployment } of found.items)
    output.tell({ type: "deployment", deploymentId: id, ...deployment }, `${id}  ${shortTime(deployment.createdAt)}  ${line(deployment)}`);
  output.result(...listed("deployments", found));
  return 0;
}

/** `deskhand deployments show DEPLOYMENT`: how all its runs go on, in one call. */
export async function showDeployment(wanted: string, { env, output }: CommandContext): Promise<number> {
  const { id, ...deployment } = await createApi(accessFrom(env)).get(`/deployments/${idOf(wanted)}/progress`, deploymentProgress);
  output.result({ deploymentId: id, ...deployment }, `${line(deployment)}.`);
  return 0;
}

function line({ workflowName, version, runnerName, pausedAt, counts }: Omit<DeploymentProgress, "id">): string {
  const words = Object.entries(counts).filter(([, count]) => count > 0);
  const told = words.map(([state, count]) => `${count} ${state}`).join(", ") || "no runs yet";
  return `${workflowName}, version ${version}, on ${runnerName}${pausedAt ? ", paused" : ""}: ${told}`;
}

/** `deskhand deployments results DEPLOYMENT`: a line for each profile; ends with 1 when one failed. */
export async function listResults(wanted: string, { env, output }: CommandContext): Promise<number> {
  const id = idOf(wanted);
  const { items } = await createApi(accessFrom(env)).get(`/deployments/${id}/results`, deploymentResults);
  for (const item of items) {
    const why = item.failureCode === null ? "" : `  ${item.failureCode}`;
    output.tell({ type: "profile", ...item }, `${item.state.padEnd(9)}  ${item.profileName}${why}  ${item.runId}`);
  }
  const failed = items.filter(({ state }) => failures.has(state)).length;
  output.result({ deploymentId: id, count: items.length, failed }, `${countWords(items.length, "profile")}, ${failed} failed.`);
  return failed > 0 ? 1 : 0;
}

/** `deskhand deployments pause`, `resume` and `cancel` */
export async function changeDeployment(
  wanted: string,
  verb: "pause" | "resume" | "cancel",
  { env, output }: CommandContext,
): Promise<number> {
  const id = idOf(wanted);
  await createApi(accessFrom(env)).post(`/deployments/${id}/${verb}`, {}, done);
  const words = { pause: "Paused: what has not begun waits.", resume: "It goes on.", cancel: "All its runs were asked to stop." };
  output.result({ deploymentId: id, asked: verb }, words[verb]);
  return 0;
}

/** `deskhand deployments retry DEPLOYMENT`: runs again what failed or expired, signed where the runner demands it. */
export async function retryDeployment(wanted: string, { env, output }: CommandContext): Promise<number> {
  const id = idOf(wanted);
  const api = createApi(accessFrom(env));
  const { runnerId, manifestId } = await api.get(`/deployments/${id}/progress`, deploymentProgress);
  const key = await approvedKey(api, runnerHome(env), await getRunner(api, runnerId));
  const failed = (await api.get(`/deployments/${id}/results`, deploymentResults)).items.filter(({ state }) => failures.has(state));
  if (failed.length === 0) {
    output.result({ deploymentId: id, done: 0, refused: 0 }, "Nothing of it failed.");
    return 0;
  }
  const profileIds = failed.map(({ profileId }) => profileId);
  const signed = await signReruns({ runnerId, manifestId, profileIds }, async (manifest) => key && signManifest(key, manifest));
  const retried = await api.post(`/deployments/${id}/retry`, { profileIds, ...signed }, retriedDeployment);
  for (const { id: profileId, name, code } of retried.refused) {
    output.tell({ type: "refused", profileId, name, code }, `${name} was not run again: ${code}`);
  }
  const words = `${countWords(retried.done, "profile")} run again.`;
  output.result({ deploymentId: id, done: retried.done, refused: retried.refused.length }, words);
  return retried.refused.length > 0 ? 1 : 0;
}

const failures = new Set<string>(["failed", "expired"]);

/** A deployment is named by its id only. */
function idOf(text: string): string {
  if (!isId(text)) throw usageError(`"${text}" is not a deployment's id.`, "`deskhand deploy` tells it.");
  return text.toLowerCase();
}
