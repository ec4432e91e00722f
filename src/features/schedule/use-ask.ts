import type { DeploymentProgress, DeploymentSchedule } from "@deskhand/shared/schemas/deployment";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyError } from "@/components/notify";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";

export type Asked = NonNullable<DeploymentSchedule["asked"]>["what"];

/** Asks a schedule's runner to pause it, to go on with it or to end it, signed with this browser's key where it demands that. */
export function useAsk({ id, runnerId }: Pick<DeploymentProgress, "id" | "runnerId">) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { sign } = useSigner();
  return useMutation({
    mutationFn: async (what: Asked) => {
      const runner = await queryClient.fetchQuery(trpc.runner.get.queryOptions({ id: runnerId }));
      if (what === "remove") {
        const signedManifest = await sign(runner, () => orderManifest(runnerId, "schedule.remove", { deploymentId: id }));
        return client.deployment.removeSchedule.mutate({ id, signedManifest });
      }
      const paused = what === "pause";
      const signedManifest = await sign(runner, () => orderManifest(runnerId, "schedule.pause", { deploymentId: id, paused }));
      return client.deployment.pauseSchedule.mutate({ id, paused, signedManifest });
    },
    onSettled: () => queryClient.invalidateQueries(trpc.deployment.pathFilter()),
    onError: notifyError,
  });
}
