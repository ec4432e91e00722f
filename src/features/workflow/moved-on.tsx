import { parseRecording, type Recording } from "@deskhand/shared/schemas/recording";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { ErrorState } from "@/components/error-state";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { StepDiff } from "./step-diff.tsx";

type Props = {
  workflowId: string;
  /** What the person wants to keep. */
  text: string;
  /** The version that somebody published since. */
  latest: number;
  /** The content hash of that version when theirs is to come after it; null when it is not to be kept. */
  onAnswer: (basedOn: string | null) => void;
};

/** Asks whether a version comes after another that its maker did not know of, and shows what differs. */
export function MovedOn({ workflowId, text, latest, onAnswer }: Props) {
  const trpc = useTRPC();
  const [compared, setCompared] = useState(false);
  const version = useQuery(trpc.workflow.version.queryOptions({ id: workflowId, number: latest }, { staleTime: Number.POSITIVE_INFINITY }));
  const own = useMemo(() => parseRecording(text), [text]);
  const { data } = version;
  return (
    <Modal
      opened
      onClose={() => onAnswer(null)}
      title={`Version ${latest} was published meanwhile`}
      size={compared ? "xl" : "md"}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        {version.error && <ErrorState error={version.error} onRetry={() => void version.refetch()} />}
        <Text size="sm">
          {data && (
            <>
              {data.createdBy ?? "Somebody"} made it <TimeAgo at={data.createdAt} />.{" "}
            </>
          )}
          Yours does not hold its changes. As a newer version it takes its place; version {latest} stays in the list.
        </Text>
        {compared && data && (
          <div>
            <Text size="xs" c="dimmed" mb="xs">
              From version {latest} to yours:
            </Text>
            {own.ok ? (
              <StepDiff before={data.recording as unknown as Recording} after={own.recording} />
            ) : (
              <Text size="sm">Yours cannot be read as a workflow.</Text>
            )}
          </div>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => onAnswer(null)}>
            Cancel
          </Button>
          {!compared && (
            <Button variant="default" disabled={!data} onClick={() => setCompared(true)}>
              Show what differs
            </Button>
          )}
          <Button color="red.8" disabled={!data} onClick={() => data && onAnswer(data.contentHash)}>
            Save as a newer version all the same
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
