import type { OlderSchedule } from "@deskhand/shared/schemas/older-schedules";
import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import { signRenewal } from "@deskhand/shared/signing/sign-renewal";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";

/**
 * Has the latest version of its workflow take the place of each schedule, signed with this browser's key where the runner demands that. What is
 * signed is what {@link useRenewal} shows. One that is refused does not keep the others; the first refusal is thrown.
 */
export function useRenew() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const renewalOf = useRenewal();
  const { sign } = useSigner();
  const look = () =>
    Promise.all([
      queryClient.invalidateQueries(trpc.workflow.olderSchedules.pathFilter()),
      queryClient.invalidateQueries(trpc.deployment.pathFilter()),
      queryClient.invalidateQueries(trpc.trigger.pathFilter()),
    ]);

  async function renew({ deploymentId: id, runnerId, signaturesRequired }: OlderSchedule): Promise<void> {
    if (!signaturesRequired) return void (await client.deployment.renewSchedule.mutate({ id }));
    const renewal = await queryClient.ensureQueryData(renewalOf(id));
    const { workflowId, version: number } = renewal;
    const [runner, version] = await Promise.all([
      queryClient.fetchQuery(trpc.runner.get.queryOptions({ id: runnerId })),
      queryClient.fetchQuery(trpc.workflow.version.queryOptions({ id: workflowId, number }, { staleTime: Number.POSITIVE_INFINITY })),
    ]);
    const parsed = parseRecordingData(version.recording);
    if (!parsed.ok) throw new Error("The workflow cannot be read.");
    const signed = await signRenewal(renewal, parsed.recording, (manifest) => sign(runner, () => manifest));
    await client.deployment.renewSchedule.mutate({ id, ...signed });
  }

  return useMutation({
    mutationFn: async (items: readonly OlderSchedule[]) => {
      const refused: unknown[] = [];
      for (const item of items) await renew(item).catch((error) => refused.push(error));
      if (refused.length > 0) throw refused[0];
    },
    // also after a failure: the new one may be there, and the old one not ended
    onSettled: look,
  });
}

/** What would take a schedule's place. */
export function useRenewal() {
  const trpc = useTRPC();
  return (id: string) => trpc.deployment.renewal.queryOptions({ id });
}
