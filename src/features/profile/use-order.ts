import type { ProfileView } from "@deskhand/shared/schemas/profile";
import type { ProfileOrder } from "@deskhand/shared/schemas/profile-order";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyError } from "@/components/notify";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";
import { waitForTask } from "@/trpc/wait-for-task";

/** A folder with many sites takes its time, milliseconds. */
export const convertMs = 10 * 60_000;

/** Asks a profile's runner for something, signed where it demands that, and waits for what came of it. */
export function useOrder({ id, runnerId }: Pick<ProfileView, "id" | "runnerId">) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { sign } = useSigner();
  return useMutation({
    mutationFn: async (order: ProfileOrder): Promise<Record<string, unknown>> => {
      const { kind, ...asked } = order;
      const runner = await queryClient.fetchQuery(trpc.runner.get.queryOptions({ id: runnerId }));
      const signedManifest = await sign(runner, () => orderManifest(runnerId, `profile.${kind}`, { profileId: id, ...asked }));
      const { id: taskId } = await client.profile.order.mutate({ id, order, signedManifest });
      return waitForTask(client, taskId, kind === "convert" ? convertMs : undefined);
    },
    onSettled: () => queryClient.invalidateQueries(trpc.profile.get.queryFilter({ id })),
    onError: notifyError,
  });
}
