import { chunks } from "@deskhand/shared/chunks";
import { openedResult, PROFILES_PER_TASK } from "@deskhand/shared/protocol/tasks";
import { orderedProfiles, PROFILES_AT_ONCE } from "@deskhand/shared/schemas/profile-bulk";
import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { taskView } from "@deskhand/shared/schemas/task";
import { runnerHome } from "../../../identity/home.ts";
import { createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import type { TargetFlags } from "../../filter-flags.ts";
import { readCount } from "../../flag-values.ts";
import { accessFrom } from "../../settings.ts";
import { getRunner } from "../../sign-deployment.ts";
import { signOrder } from "../../sign-order.ts";
import { slowing } from "../../slowing.ts";
import { findTargets } from "./targets.ts";

export type OrderFlags = TargetFlags & { seconds?: string };
type Order = "open" | "close";

/** `deskhand profiles start NAME…`: opens them without a window; where there is no memory for one, it hibernates until it is used. */
export const startProfiles = (names: string[], flags: OrderFlags, context: CommandContext) => order("open", names, flags, context);

/** `deskhand profiles stop NAME…` */
export const stopProfiles = (names: string[], flags: OrderFlags, context: CommandContext) => order("close", names, flags, context);

async function order(kind: Order, names: string[], flags: OrderFlags, { env, output }: CommandContext): Promise<number> {
  const seconds = readCount("--seconds", flags.seconds, { usual: 300, most: 86_400 });
  const api = createApi(accessFrom(env));
  const { seconds: _, ...which } = flags;
  const targets = await findTargets(api, names, which);
  const verb = kind === "open" ? "started" : "stopped";
  let failed = 0;
  const fail = (profileId: string, code: string) => {
    failed++;
    const name = targets.find(({ id }) => id === profileId)?.name ?? profileId;
    const why = isRunFailureCode(code) ? describeRunFailure(code).title : code;
    output.tell({ type: "failed", profileId, name, code }, `${name} could not be ${verb}: ${why}`);
  };
  const tasks: { id: string; profiles: number }[] = [];
  for (const [runnerId, own] of Map.groupBy(targets, (target) => target.runnerId)) {
    const { signaturesRequired } = await getRunner(api, runnerId);
    const ids = own.map(({ id }) => id);
    for (const profileIds of chunks(ids, signaturesRequired ? PROFILES_PER_TASK : PROFILES_AT_ONCE)) {
      const signed = await signOrder(api, runnerHome(env), runnerId, `profiles.${kind}`, { profileIds });
      const ordered = await api.post(`/profiles/many/${kind}`, { ids: profileIds, ...signed }, orderedProfiles);
      tasks.push(...ordered.tasks);
      for (const { id, code } of ordered.refused) fail(id, code);
    }
  }
  let done = 0;
  let hibernating = 0;
  const end = Date.now() + 1000 * seconds;
  const look = slowing(end);
  for (let task = tasks[0]; task && Date.now() < end; task = tasks[0]) {
    const { finishedAt, result } = await api.get(`/tasks/${task.id}`, taskView);
    if (finishedAt === null) {
      await look.pause();
      continue;
    }
    tasks.shift();
    look.begin();
    const came = openedResult.safeParse(result).data ?? { done: 0, hibernating: 0, failed: [] };
    done += came.done;
    hibernating += came.hibernating;
    for (const { id, code } of came.failed) fail(id, code);
    output.tell({ type: "progress", done, failed, of: targets.length }, `${done} of ${targets.length} ${verb}`);
  }
  const unanswered = targets.length - done - failed;
  const notes = [
    hibernating > 0 ? `, ${hibernating} of them hibernating` : "",
    unanswered > 0 ? `; no answer yet of ${unanswered}` : "",
  ].join("");
  output.result({ done, hibernating, failed, unanswered }, `${done} of ${targets.length} ${verb}${notes}.`);
  return failed + unanswered > 0 ? 1 : 0;
}
