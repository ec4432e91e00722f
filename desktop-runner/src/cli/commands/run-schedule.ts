import { begunSchedule } from "@deskhand/shared/schemas/deployment";
import { signManifest } from "@deskhand/shared/signing/make-manifest";
import { signReruns } from "@deskhand/shared/signing/sign-reruns";
import { runnerHome } from "../../identity/home.ts";
import { createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { countWords } from "../count-words.ts";
import { usageError } from "../failure.ts";
import { accessFrom } from "../settings.ts";
import { approvedKey, getRunner } from "../sign-deployment.ts";
import { watchRuns } from "../watch-runs.ts";
import { findScheduleOf } from "./schedules.ts";

/** `deskhand schedules run WORKFLOW|DEPLOYMENT`: begins it by hand, once, now; its times stay as they are. */
export async function runSchedule(wanted: string, flags: { watch?: boolean }, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const { id, runnerId, runnerName, runnerOnline, workflowName, manifestId, schedule } = await findScheduleOf(api, wanted);
  if (schedule.removedAt)
    throw usageError("This schedule has ended.", `Run its workflow: \`deskhand deploy --workflow "${workflowName}"\`.`);
  const key = await approvedKey(api, runnerHome(env), await getRunner(api, runnerId));
  const signed = await signReruns(
    { runnerId, manifestId, profileIds: schedule.profileIds },
    async (manifest) => key && signManifest(key, manifest),
  );
  const { firingId, runIds } = await api.post(`/deployments/${id}/schedule/run`, signed, begunSchedule);
  const begun = { deploymentId: id, firingId, runIds, runnerName, runnerOnline };
  const later = runnerOnline ? "" : ` ${runnerName} is offline, and runs it when it is back.`;
  const words = `Running "${workflowName}" on ${countWords(runIds.length, "profile")}.${later}`;
  if (!flags.watch) {
    const [first] = runIds;
    const follow = first && runIds.length === 1 ? ` Follow it with: deskhand logs ${first} --follow` : "";
    output.result(begun, `${words}${follow}`);
    return 0;
  }
  output.tell({ type: "begun", ...begun }, words);
  const ended = await watchRuns(api, runIds, output);
  const failed = ended.filter(({ state }) => state !== "succeeded").length;
  output.result({ ...begun, failed }, `${countWords(ended.length, "run")}, ${failed} failed.`);
  return failed > 0 ? 1 : 0;
}
