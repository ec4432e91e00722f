"use client";

import { type ArtifactType, type ArtifactView, isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { stepNumber } from "@deskhand/shared/schemas/run-tree";
import { Alert, Button, Group, Text } from "@mantine/core";
import {
  IconBraces,
  IconCloudOff,
  IconFileDownload,
  IconFileText,
  IconFileZip,
  IconMovie,
  IconNetwork,
  IconPhoto,
  IconTimeline,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { CardTable } from "@/components/card-table";
import { artifactAddress, formatBytes, offlineWords } from "./artifact-content.ts";
import { DownloadButton } from "./download-button.tsx";
import { TabMessage } from "./tab-message.tsx";

const kinds: Record<
  ArtifactType,
  { label: string; rank: number; icon: ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }> }
> = {
  video: { label: "Video", rank: 0, icon: IconMovie },
  trace: { label: "Playwright trace", rank: 0, icon: IconFileZip },
  har: { label: "Requests (HAR)", rank: 1, icon: IconNetwork },
  download: { label: "Downloaded by the page", rank: 1, icon: IconFileDownload },
  result: { label: "Result data", rank: 2, icon: IconBraces },
  log: { label: "Log", rank: 3, icon: IconFileText },
  screenshot: { label: "Screenshot", rank: 4, icon: IconPhoto },
};

/** What the run left on its runner, to download. */
export function RunFiles({ run }: { run: RunDetail }) {
  if (run.artifacts.length === 0) {
    return (
      <TabMessage>
        {isFinal(run.state) ? "This run left no files." : "Screenshots, the trace and downloads are listed here as they are made."}
      </TabMessage>
    );
  }
  const files = run.artifacts.toSorted((a, b) => kinds[a.type].rank - kinds[b.type].rank || (a.stepIndex ?? -1) - (b.stepIndex ?? -1));
  return (
    <>
      {!run.runnerOnline && (
        <Alert m="md" variant="light" color="gray" role="status" icon={<IconCloudOff size={18} aria-hidden />}>
          {offlineWords(run.runnerName)}
        </Alert>
      )}
      <CardTable label="Files" columns={["File", "Kind", "Step", "Size", ""]} plain>
        {files.map((file) => (
          <Row key={file.id} file={file} run={run} />
        ))}
      </CardTable>
    </>
  );
}

function Row({ file, run }: { file: ArtifactView; run: RunDetail }) {
  const { label, icon: Icon } = kinds[file.type];
  return (
    <CardTable.Row>
      <CardTable.Cell>
        <Group gap={8} wrap="nowrap">
          <Icon size={16} stroke={1.75} aria-hidden />
          <Text size="sm" fw={500}>
            {file.name}
          </Text>
        </Group>
      </CardTable.Cell>
      <CardTable.Cell label="Kind">
        <Text size="sm" c="dimmed">
          {label}
        </Text>
      </CardTable.Cell>
      <CardTable.Cell label="Step">{file.stepIndex === null ? "–" : stepNumber(run.steps, file.stepIndex)}</CardTable.Cell>
      <CardTable.Cell label="Size">{formatBytes(file.bytes)}</CardTable.Cell>
      <CardTable.Cell align="right">
        <Group gap="xs" justify="flex-end">
          {file.type === "trace" && run.runnerOnline && (
            <Button
              size="xs"
              variant="default"
              component="a"
              href={`/trace/index.html?trace=${encodeURIComponent(artifactAddress(file.id))}`}
              target="_blank"
              rel="noopener"
              leftSection={<IconTimeline size={14} aria-hidden />}
              aria-label={`Open trace ${file.name}`}
            >
              Open trace
            </Button>
          )}
          <DownloadButton artifact={file} runnerName={run.runnerName} disabled={!run.runnerOnline}>
            Download
          </DownloadButton>
        </Group>
      </CardTable.Cell>
    </CardTable.Row>
  );
}
