"use client";

import { isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { Button } from "@mantine/core";
import { IconPlayerStop, IconReload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { notifyDone, notifyError } from "@/components/notify";
import { useTRPC } from "@/trpc/client";

/** Cancel while a run goes on, run it again afterwards. */
export function RunActions({ run }: { run: RunDetail }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const look = () => queryClient.invalidateQueries(trpc.run.pathFilter());
  const cancel = useMutation(trpc.run.cancel.mutationOptions({ onSettled: look, onError: notifyError }));
  const rerun = useMutation(
    trpc.run.rerun.mutationOptions({
      onError: notifyError,
      onSuccess: async (again) => {
        await look();
        notifyDone("Running again.");
        router.push(`/dashboard/runs/${again.id}`);
      },
    }),
  );

  if (isFinal(run.state)) {
    return (
      <Button
        leftSection={<IconReload size={16} aria-hidden />}
        onClick={() => rerun.mutate({ id: run.id })}
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
