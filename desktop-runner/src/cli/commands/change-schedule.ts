import { inputsToDeploy } from "@deskhand/shared/schedule/inputs-to-deploy";
import { inputsToGive, sealedToKeep } from "@deskhand/shared/schedule/inputs-to-give";
import { deploymentView, type InputValues } from "@deskhand/shared/schemas/deployment";
import { type ScheduleRenewal, scheduleRenewal } from "@deskhand/shared/schemas/older-schedules";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { signManifest } from "@deskhand/shared/signing/make-manifest";
import { signRenewal } from "@deskhand/shared/signing/sign-renewal";
import { type RunnerHome, runnerHome } from "../../identity/home.ts";
import { type Api, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { usageError } from "../failure.ts";
import { findProfile, isId } from "../lookup.ts";
import { parseInputs } from "../parse-inputs.ts";
import { recipientOf } from "../recipient-of.ts";
import { changeFlags, nextInstants, nextLines, type ScheduleFlags } from "../schedule-flags.ts";
import { sealInputs } from "../seal-inputs.ts";
import { accessFrom } from "../settings.ts";
import { approvedKey, getRunner } from "../sign-deployment.ts";
import { recordingOf } from "../workflow-version.ts";

export type ChangeScheduleFlags = { profile?: string[]; input?: string[]; leaveOut?: string[] } & Pick<
  ScheduleFlags,
  "cron" | "timeZone" | "every" | "at" | "onStart" | "perHour" | "jitter" | "overlap" | "missed"
>;

/** `deskhand schedules change DEPLOYMENT`: another deployment takes its place, and it ends once its runner has that. */
export async function changeTerms(wanted: string, flags: ChangeScheduleFlags, { env, output }: CommandContext): Promise<number> {
  if (!isId(wanted)) throw usageError(`"${wanted}" is not a deployment's id.`, "`deskhand schedules list` lists them with their ids.");
  const { profile: names, input, leaveOut = [], ...when } = flags;
  if (Object.keys(flags).length === 0)
    throw usageError("It is not clear what to change.", "For example: --cron “0 9 * * 1-5”, --missed run-once or --input city=Lisbon");
  const given = parseInputs(input ?? []);
  const api = createApi(accessFrom(env));
  const path = `/deployments/${wanted.toLowerCase()}/schedule`;
  const terms = await api.get(`${path}/terms`, scheduleRenewal);
  const schedule = changeFlags(terms.schedule, when) ?? terms.schedule;
  const home = runnerHome(env);
  const runner = await getRunner(api, terms.runnerId);
  const recording = await recordingOf(api, terms);
  const inputs = await changeInputs({ ...terms, schedule }, { given, leaveOut, recording, recipient: recipientOf(home, runner) });
  const profiles = names ? await findProfiles(api, names, terms.runnerId) : terms.profiles;
  // nothing has its place for this change, whatever the server says then
  const changed = { ...terms, schedule, inputs, profiles, replacedById: null };
  const body = {
    schedule,
    inputs,
    leaveOut: Object.keys(terms.inputs).filter((name) => !Object.hasOwn(inputs, name)),
    ...(names && { profileIds: profiles.map(({ id }) => id) }),
    ...(await signChange(api, home, runner, changed, recording)),
  };
  const { id, workflowName, version } = await api.post(`${path}/change`, body, deploymentView);
  const next = nextLines(schedule);
  const nextAt = nextInstants(schedule).map((at) => new Date(at).toISOString());
  output.result(
    { deploymentId: terms.deploymentId, changedId: id, workflowName, version, schedule, next, nextAt },
    `"${workflowName}" goes on as ${id}. Next:\n${next.map((line) => `  ${line}`).join("\n")}`,
  );
  return 0;
}

type Inputs = { given: Record<string, string>; leaveOut: string[]; recording: Recording; recipient: string };

/** Those that it had but for the ones to leave out, with the given ones; secret ones stay sealed as they are. */
async function changeInputs(terms: ScheduleRenewal, { given, leaveOut, recording, recipient }: Inputs): Promise<InputValues> {
  const stray = leaveOut.find((name) => !Object.hasOwn(terms.inputs, name));
  if (stray !== undefined) throw usageError(`"${stray}" is not given now.`, "`--leave-out` names an input that the schedule has.");
  const before = Object.fromEntries(Object.entries(terms.inputs).filter(([name]) => !leaveOut.includes(name)));
  const sealed = sealedToKeep(before, given);
  const open = Object.fromEntries(Object.entries(before).filter(([, value]) => typeof value !== "object"));
  const declared = inputsToGive(inputsToDeploy(recording.inputs, terms.schedule), sealed);
  return { ...(await sealInputs(declared, { ...open, ...given }, recipient)), ...sealed };
}

async function findProfiles(api: Api, names: string[], runnerId: string) {
  const profiles = new Map<string, { id: string; name: string }>();
  for (const each of names) {
    const { id, name } = await findProfile(api, each, runnerId);
    profiles.set(id, { id, name });
  }
  return [...profiles.values()];
}

async function signChange(api: Api, home: RunnerHome, runner: RunnerView, changed: ScheduleRenewal, recording: Recording) {
  const key = await approvedKey(api, home, runner);
  return key && signRenewal(changed, recording, (manifest) => signManifest(key, manifest));
}
