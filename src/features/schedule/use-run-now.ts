import type { DeploymentProgress, DeploymentSchedule } from "@deskhand/shared/schemas/deployment";
import { signReruns } from "@deskhand/shared/signing/sign-reruns";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyDone, notifyError } from "@/components/notify";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";

type Scheduled = Pick<DeploymentProgress, "id" | "runnerId" | "runnerName" | "runnerOnline" | "manifestId"> & {
  schedule: DeploymentSchedule;
};

/** Begins what runs by itself once, now, signed with this browser's key where its runner demands that. Its times stay as they are. */
export function useRunNow({ id, runnerId, runnerName, runnerOnline, manifestId, schedule: { profileIds } }: Scheduled) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { sign } = useSigner();
  return useMutation({
    mutationFn: async () => {
      const runner = await queryClient.fetchQuery(trpc.runner.get.queryOptions({ id: runnerId }));
      const signed = await signReruns({ runnerId, manifestId, profileIds }, (manifest) => sign(runner, () => manifest));
      return client.deployment.runSchedule.mutate({ id, ...signed });
    },
    onError: notifyError,
    onSuccess: ({ runIds }) => {
      const count = runIds.length.toLocaleString("en");
      const what = runIds.length === 1 ? "Its run" : `Its ${count} runs`;
      notifyDone(runnerOnline ? `${what} began.` : `${what} wait${runIds.length === 1 ? "s" : ""} for ${runnerName}, which is offline.`);
    },
    onSettled: () => Promise.all([trpc.deployment, trpc.run].map((router) => queryClient.invalidateQueries(router.pathFilter()))),
  });
}
