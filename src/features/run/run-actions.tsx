"use client";

import { isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { rerunManifest } from "@deskhand/shared/signing/make-manifest";
import { Button } from "@mantine/core";
import { IconPlayerStop, IconReload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { wordsFor } from "@/components/error-words";
import { notifyDone, notifyError } from "@/components/notify";
import { DeployButton } from "@/features/deployment/deploy-button";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";

/** Cancel while a run goes on, run it again afterwards. */
export function RunActions({ run }: { run: RunDetail }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { sign } = useSigner();
  const router = useRouter();
  const queryClient = useQueryClient();
  const look = () => queryClient.invalidateQueries(trpc.run.pathFilter());
  const cancel = useMutation(trpc.run.cancel.mutationOptions({ onSettled: look, onError: notifyError }));
  const rerun = useMutation({
    mutationFn: async () => {
      const runner = await queryClient.fetchQuery(trpc.runner.get.queryOptions({ id: run.runnerId }));
      const { manifestId, profileId } = run;
      // what was not signed in the first place has to be deployed anew, which the server says
      const signedManifest = manifestId ? await sign(runner, () => rerunManifest(runner.id, manifestId, profileId)) : undefined;
      return client.run.rerun.mutate({ id: run.id, signedManifest });
    },
    onError: notifyError,
    onSuccess: async (again) => {
      await look();
      notifyDone("Running again.");
      router.push(`/dashboard/runs/${again.id}`);
    },
  });

  // what began it brought an input that is not brought again, which a person can give
  if (rerun.isError && wordsFor(rerun.error).code === "INPUT_MISSING") {
    const propose = { runnerId: run.runnerId, profileIds: [run.profileId], deploymentId: run.deploymentId };
    const workflow = { id: run.workflowId, name: run.workflowName };
    return <DeployButton workflow={workflow} version={run.version} propose={propose} label="Deploy with inputs" startOpen />;
  }
  if (isFinal(run.state)) {
    return (
      <Button
        leftSection={<IconReload size={16} aria-hidden />}
        onClick={() => rerun.mutate()}
        loading={rerun.isPending || rerun.isSuccess}
      >
        Rerun
      </Button>
    );
  }
  const requested = run.cancelRequestedAt !== null;
  return (
    <Button
      variant="default"
      leftSection={<IconPlayerStop size={16} aria-hidden />}
      onClick={() => cancel.mutate({ id: run.id })}
      loading={cancel.isPending}
      disabled={requested}
    >
      {requested ? "Cancelling" : "Cancel"}
    </Button>
  );
}
