import type * as z from "zod";
import type { Manifest } from "../schemas/manifest.ts";
import type { renewScheduleInput, ScheduleRenewal } from "../schemas/older-schedules.ts";
import type { Recording } from "../schemas/recording.ts";
import { deployManifest, orderManifest } from "./make-manifest.ts";

/**
 * Signs all that a runner wants signed before the latest version takes a schedule's place: the new deployment, the pause of it where the
 * old one is paused, and the old one's end, which the runner does only when it has the new one. `recording` is that of the renewal's version.
 */
export async function signRenewal(
  { deploymentId, runnerId, workflowId, version, profiles, inputs, schedule, paused, replacedById }: ScheduleRenewal,
  recording: Recording,
  sign: (manifest: Manifest) => Promise<string | undefined>,
): Promise<Omit<z.input<typeof renewScheduleInput>, "id" | "inputs">> {
  const newId = replacedById ?? crypto.randomUUID();
  const workflow = { id: workflowId, version };
  const profileIds = profiles.map(({ id }) => id);
  const deploy = () => deployManifest({ runnerId, workflow, recording, profileIds, inputs, schedule });
  const pause = () => orderManifest(runnerId, "schedule.pause", { deploymentId: newId, paused: true });
  const removal = await orderManifest(runnerId, "schedule.remove", { deploymentId, successorId: newId });
  return {
    newId,
    ...(!replacedById && { signedManifest: await sign(await deploy()) }),
    ...(paused && { signedPause: await sign(await pause()) }),
    signedRemoval: await sign(removal),
  };
}
