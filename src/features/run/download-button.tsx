"use client";

import type { ArtifactView } from "@deskhand/shared/schemas/run";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { saveFile } from "@/components/save-file";
import { describeArtifactProblem, readArtifact } from "./artifact-content.ts";

type Props = { artifact: ArtifactView; runnerName: string; children: string; disabled?: boolean };

/** Fetches an artifact from the runner and saves it; says in words why it cannot. */
export function DownloadButton({ artifact, runnerName, children, disabled }: Props) {
  const download = useMutation({
    mutationFn: async () => (await readArtifact(artifact.id)).blob(),
    onSuccess: (content) => saveFile(content, artifact.name),
    onError: (error) =>
      notifications.show({
        title: `${artifact.name} could not be downloaded`,
        message: describeArtifactProblem(error, runnerName),
        icon: <IconAlertTriangle size={16} aria-hidden />,
        color: "red",
        autoClose: 8000,
        withBorder: true,
        role: "alert",
      }),
  });
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconDownload size={14} aria-hidden />}
      aria-label={`${children} ${artifact.name}`}
      loading={download.isPending}
      disabled={disabled ?? false}
      onClick={() => download.mutate()}
    >
      {children}
    </Button>
  );
}
