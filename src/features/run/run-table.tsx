import type { RunView } from "@deskhand/shared/schemas/run";
import { Anchor, Group, Text } from "@mantine/core";
import Link from "next/link";
import { CardTable } from "@/components/card-table";
import { StatusDot } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { RunDuration } from "./elapsed.tsx";
import { RunBadge } from "./run-badge.tsx";
import classes from "./run-table.module.css";

type Props = {
  runs: readonly RunView[];
  loading: boolean;
  label?: string;
  /** Inside a panel. */
  plain?: boolean;
  /** Leaves out the runner's and the version's column, where there is little room. */
  brief?: boolean;
};

/** Runs, each a link to its page. */
export function RunTable({ runs, loading, label = "Runs", plain = false, brief = false }: Props) {
  const columns = brief
    ? ["Workflow", "State", "Profile", "Duration", "Started"]
    : ["Workflow", "State", "Profile", "Runner", "Duration", "Started"];
  return (
    <div className={classes.runs}>
      <CardTable label={label} columns={columns} loading={loading} plain={plain}>
        {runs.map((run) => (
          <CardTable.Row key={run.id}>
            <CardTable.Cell>
              <div>
                <Anchor component={Link} href={`/dashboard/runs/${run.id}`} size="sm" fw={500} c="inherit">
                  {run.workflowName}
                </Anchor>
                {!brief && (
                  <Text span size="xs" c="dimmed" ml={6}>
                    v{run.version} ·{" "}
                    <Anchor component={Link} href={`/dashboard/deployments/${run.deploymentId}`} prefetch={false} size="xs" c="dimmed">
                      Deployment
                    </Anchor>
                  </Text>
                )}
              </div>
            </CardTable.Cell>
            <CardTable.Cell corner>
              <RunBadge run={run} />
            </CardTable.Cell>
            <CardTable.Cell label="Profile">
              <Text size="sm">{run.profileName}</Text>
            </CardTable.Cell>
            {!brief && (
              <CardTable.Cell label="Runner">
                <Group gap={6} wrap="nowrap" className={classes.wide}>
                  <StatusDot tone={run.runnerOnline ? "good" : "idle"} />
                  <Text size="sm">{run.runnerName}</Text>
                </Group>
              </CardTable.Cell>
            )}
            <CardTable.Cell label="Duration">
              <Text size="sm" component="div" className={classes.wide}>
                <RunDuration run={run} />
              </Text>
            </CardTable.Cell>
            <CardTable.Cell label="Started">
              <Text size="sm" c="dimmed" component="div" style={{ whiteSpace: "nowrap" }}>
                <TimeAgo at={run.startedAt ?? run.createdAt} />
              </Text>
            </CardTable.Cell>
          </CardTable.Row>
        ))}
      </CardTable>
    </div>
  );
}
