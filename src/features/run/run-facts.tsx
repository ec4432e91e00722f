import type { RunView } from "@deskhand/shared/schemas/run";
import { Anchor, Group, Text } from "@mantine/core";
import Link from "next/link";
import { RunDuration } from "./elapsed.tsx";
import { RunBadge } from "./run-badge.tsx";

/** A run in two lines: what ran, how it stands, on whom, when and how long. */
export function RunFacts({ run }: { run: RunView }) {
  return (
    <>
      <Group gap="xs">
        <Anchor component={Link} href={`/dashboard/runs/${run.id}`} fw={500} c="inherit">
          {run.workflowName}
        </Anchor>
        <RunBadge run={run} />
      </Group>
      <Text size="sm" c="dimmed">
        Version {run.version} · {run.profileName} · {new Date(run.createdAt).toLocaleString("en-GB")} · <RunDuration run={run} />
      </Text>
    </>
  );
}
