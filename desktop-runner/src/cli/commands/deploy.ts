import { inputsToDeploy } from "@deskhand/shared/schedule/inputs-to-deploy";
import { createDeploymentInput, deploymentView } from "@deskhand/shared/schemas/deployment";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import type { ProfileTarget } from "@deskhand/shared/schemas/profile-bulk";
import type * as z from "zod";
import { runnerHome } from "../../identity/home.ts";
import { type Api, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { countWords } from "../count-words.ts";
import { usageError } from "../failure.ts";
import { isAboutMany, type TargetFlags } from "../filter-flags.ts";
import { findProfile, findRunner, findWorkflow } from "../lookup.ts";
import { parseInputs } from "../parse-inputs.ts";
import { recipientOf } from "../recipient-of.ts";
import { nextInstants, nextLines, readSchedule, type ScheduleFlags } from "../schedule-flags.ts";
import { sealInputs } from "../seal-inputs.ts";
import { accessFrom } from "../settings.ts";
import { getRunner, signDeployment } from "../sign-deployment.ts";
import { endLine, watchRuns } from "../watch-runs.ts";
import { latestVersionOf, uploadRecording } from "../workflow-version.ts";
import { findTargets } from "./profiles/targets.ts";

export type DeployFlags = {
  workflow?: string;
  profile?: string[];
  runner?: string;
  input?: string[];
  watch?: boolean;
  idempotencyKey?: string;
  force?: boolean;
} & Pick<TargetFlags, "all" | "tag" | "inGroup" | "filter"> &
  ScheduleFlags;

/** `deskhand deploy`: has a workflow run on profiles, once each, or by itself when its time comes. */
export async function deploy(file: string | undefined, flags: DeployFlags, { env, output }: CommandContext): Promise<number> {
  if ((file === undefined) === (flags.workflow === undefined)) {
    throw usageError(
      "It is not clear what to deploy.",
      "Give either a recording's file before the flags, or --workflow with a name or id.",
    );
  }
  const { profile: names = [] } = flags;
  if (names.length > 0 === isAboutMany(flags))
    throw usageError(
      "It is not clear where to run it.",
      "Give profiles, or what they have: --profile NAME, or --tag, --in-group, --filter or --all",
    );
  const given = parseInputs(flags.input ?? []);
  // what cannot be read is told before anything is sent
  const typed = readSchedule(flags, nobody);
  if (typed && flags.watch) throw usageError("A schedule has no runs to watch yet.", "Leave --watch out.");
  const api = createApi(accessFrom(env));
  const schedule = flags.after === undefined ? typed : readSchedule(flags, (await findWorkflow(api, flags.after)).id);

  const version =
    file === undefined ? await latestVersionOf(api, flags.workflow ?? "") : await uploadRecording(api, file, flags.force === true, output);
  const profiles = (await isAboutMany(flags)) ? await findMatching(api, flags) : await findProfiles(api, names, flags.runner);
  const runnerId = profiles[0]?.runnerId ?? "";
  const home = runnerHome(env);
  const runner = await getRunner(api, runnerId);
  const profileIds = profiles.map(({ id }) => id);
  const { workflowId, number, recording } = version;
  const inputs = await sealInputs(inputsToDeploy(recording.inputs, schedule), given, recipientOf(home, runner));
  const workflow = { id: workflowId, version: number };
  const signedManifest = await signDeployment(api, home, runner, { workflow, recording, profileIds, inputs, schedule });
  const body: z.input<typeof createDeploymentInput> = {
    workflowId,
    version: number,
    runnerId,
    profileIds,
    inputs,
    schedule,
    signedManifest,
    ...(flags.idempotencyKey ? { idempotencyKey: flags.idempotencyKey } : {}),
  };
  const checked = createDeploymentInput.safeParse(body);
  if (!checked.success) throw usageError("This cannot be deployed.", "Correct what is named.", { issues: checked.error.issues });
  const deployment = await api.post("/deployments", checked.data, deploymentView);
  const { id: deploymentId, runIds } = deployment;
  if (schedule) {
    const next = nextLines(schedule);
    const nextAt = nextInstants(schedule).map((at) => new Date(at).toISOString());
    const where = countWords(profiles.length, "profile");
    output.result(
      { deploymentId, workflowId: version.workflowId, version: version.number, runnerId, status: "scheduled", schedule, next, nextAt },
      `Scheduled "${deployment.workflowName}", version ${version.number}, on ${where}. Next:\n${next.map((line) => `  ${line}`).join("\n")}`,
    );
    return 0;
  }
  const runs = runIds.map((runId, index) => ({ runId, profile: profiles[index]?.name ?? null }));
  output.tell(
    { type: "deployed", deploymentId, workflowId: version.workflowId, version: version.number, runnerId, runs },
    `Deployed "${deployment.workflowName}", version ${version.number}, to ${countWords(runIds.length, "profile")}.`,
  );
  if (!flags.watch) {
    output.result(
      { deploymentId, runId: runIds[0] ?? null, status: "queued", runs: runs.map((run) => ({ ...run, status: "queued" })) },
      `Follow it with: deskhand logs ${runIds[0]} --follow`,
    );
    return 0;
  }
  const ended = await watchRuns(api, runIds, output);
  const worst = ended.find(({ state }) => state !== "succeeded") ?? ended[0];
  output.result(
    {
      deploymentId,
      runId: worst?.id ?? null,
      status: worst?.state ?? "failed",
      failureCode: worst?.failureCode ?? null,
      failureStep: worst?.failureStep ?? null,
      runs: ended.map(({ id: runId, profileName, state, failureCode }) => ({ runId, profile: profileName, status: state, failureCode })),
    },
    ended.map(endLine).join("\n"),
  );
  return worst?.state === "succeeded" ? 0 : 1;
}

async function findProfiles(api: Api, names: readonly string[], runnerName: string | undefined): Promise<ProfileView[]> {
  const runnerId = runnerName === undefined ? undefined : (await findRunner(api, runnerName)).id;
  const profiles: ProfileView[] = [];
  for (const name of names) {
    const profile = await findProfile(api, name, runnerId);
    if (!profiles.some(({ id }) => id === profile.id)) profiles.push(profile);
  }
  const runners = new Set(profiles.map(({ runnerName }) => runnerName));
  if (new Set(profiles.map((profile) => profile.runnerId)).size > 1) {
    throw usageError(
      `These profiles live on more than one runner: ${[...runners].join(", ")}.`,
      "Deploy to each runner on its own, or say which with --runner.",
    );
  }
  return profiles;
}

/** All that match, which have to be of one runner; in one call for a thousand. */
async function findMatching(api: Api, { all, tag, inGroup, filter, runner }: DeployFlags): Promise<ProfileTarget[]> {
  const flags = { all, tag, inGroup, filter, runner };
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  const found = await findTargets(api, [], given);
  if (found.length === 0) throw usageError("There are no such profiles.", "`deskhand profiles list` shows what they have.");
  if (new Set(found.map(({ runnerId }) => runnerId)).size > 1) {
    throw usageError("These profiles live on more than one runner.", "Deploy to each runner on its own: --runner NAME");
  }
  return found;
}

/** Stands for a workflow that is not looked up yet. */
const nobody = "00000000-0000-0000-0000-000000000000";
