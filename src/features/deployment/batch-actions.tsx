"use client";

import type { DeploymentProgress, DeploymentResult } from "@deskhand/shared/schemas/deployment";
import { signReruns } from "@deskhand/shared/signing/sign-reruns";
import { Button, Menu } from "@mantine/core";
import { IconDownload, IconPlayerPause, IconPlayerPlay, IconReload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ConfirmButton } from "@/components/confirm-button";
import { notifyDone, notifyError } from "@/components/notify";
import { saveFile } from "@/components/save-file";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";
import { isOver, resultRows, toCsv } from "./batch-words.ts";

type Props = { deployment: DeploymentProgress; items: readonly DeploymentResult[] };

/** Try again, pause, cancel and export a deployment. */
export function BatchActions({ deployment, items }: Props) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { sign } = useSigner();
  const { id, runnerId, manifestId } = deployment;
  const settled = {
    onError: notifyError,
    onSettled: () => Promise.all([trpc.deployment, trpc.run].map((router) => queryClient.invalidateQueries(router.pathFilter()))),
  };
  const failed = items.filter(({ state }) => state === "failed" || state === "expired");
  const retry = useMutation({
    mutationFn: async () => {
      const runner = await queryClient.fetchQuery(trpc.runner.get.queryOptions({ id: runnerId }));
      const profileIds = failed.map(({ profileId }) => profileId);
      const signed = await signReruns({ runnerId, manifestId, profileIds }, (manifest) => sign(runner, () => manifest));
      return client.deployment.retry.mutate({ id, profileIds, ...signed });
    },
    onSuccess: ({ done, refused }) =>
      notifyDone(`Running ${done} again${refused.length > 0 ? `; ${refused.length} of the profiles are not there any more` : ""}.`),
    ...settled,
  });
  const pause = useMutation(trpc.deployment.pause.mutationOptions(settled));
  const resume = useMutation(trpc.deployment.resume.mutationOptions(settled));
  const cancel = useMutation(trpc.deployment.cancel.mutationOptions({ onSettled: settled.onSettled }));
  const over = isOver(deployment);
  // its runs were begun by the runner: nothing waits here that could be held, and its schedule has a pause of its own
  const isOnOwnClock = deployment.schedule !== null && deployment.schedule.when.kind !== "webhook";

  const save = (kind: "csv" | "json") => {
    const rows = resultRows(items, window.location.origin);
    const text = kind === "csv" ? toCsv(rows) : JSON.stringify(rows, null, 2);
    const type = kind === "csv" ? "text/csv" : "application/json";
    saveFile(new Blob([text], { type }), `deployment-${id}.${kind}`);
  };

  return (
    <>
      {failed.length > 0 && (
        <Button leftSection={<IconReload size={16} aria-hidden />} onClick={() => retry.mutate()} loading={retry.isPending}>
          Retry {failed.length.toLocaleString("en")} failed
        </Button>
      )}
      {deployment.pausedAt ? (
        <Button
          variant={over ? "default" : "filled"}
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          onClick={() => resume.mutate({ id })}
          loading={resume.isPending}
        >
          Resume
        </Button>
      ) : (
        !over &&
        !isOnOwnClock && (
          <Button
            variant="default"
            leftSection={<IconPlayerPause size={16} aria-hidden />}
            onClick={() => pause.mutate({ id })}
            loading={pause.isPending}
          >
            Pause
          </Button>
        )
      )}
      {!over && (
        <ConfirmButton
          title="Cancel all runs?"
          confirmLabel="Cancel all"
          onConfirm={() => cancel.mutateAsync({ id })}
          message="Those that wait are cancelled at once; those under way stop as soon as their runner confirms. What is done stays."
        >
          Cancel all
        </ConfirmButton>
      )}
      <Menu position="bottom-end" width={160}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => save("csv")}>As CSV</Menu.Item>
          <Menu.Item onClick={() => save("json")}>As JSON</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
