import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Anchor, Skeleton, Stack, Text } from "@mantine/core";
import Link from "next/link";
import { Panel } from "@/components/panel";
import { StatusDot } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import classes from "./overview.module.css";

const shown = 6;

/** The runners at a glance: those that wait for a person first, then those that are online. */
export function RunnerPanel({ runners }: { runners: readonly RunnerView[] | undefined }) {
  const known = (runners ?? [])
    .filter((runner) => runner.status === "accepted" || runner.status === "pending" || runner.status === "locked")
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  return (
    <Panel
      title="Runners"
      flush
      actions={
        <Anchor component={Link} href="/dashboard/runners" size="sm">
          All
        </Anchor>
      }
    >
      {!runners ? (
        <Stack p="md" gap="sm">
          <Skeleton height={16} width="70%" />
          <Skeleton height={16} width="50%" />
        </Stack>
      ) : known.length === 0 ? (
        <Text size="sm" c="dimmed" px="lg" pb="lg">
          No computer is connected yet.
        </Text>
      ) : (
        <ul className={classes.runners}>
          {known.slice(0, shown).map((runner) => (
            <li key={runner.id} className={classes.runner}>
              <StatusDot tone={runner.status === "accepted" ? (runner.online ? "good" : "idle") : "wait"} />
              <Anchor component={Link} href={`/dashboard/runners/${runner.id}`} size="sm" fw={500} c="inherit" truncate flex={1}>
                {runner.name}
              </Anchor>
              <Text size="xs" c="dimmed" component="div">
                <Standing runner={runner} />
              </Text>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Standing({ runner }: { runner: RunnerView }) {
  if (runner.status === "pending") return <>Asks to join</>;
  if (runner.status === "locked") return <>Locked</>;
  if (runner.online) return runner.activeRunCount > 0 ? <>{runner.activeRunCount} running</> : <>Idle</>;
  return runner.lastSeenAt ? (
    <>
      Seen <TimeAgo at={runner.lastSeenAt} />
    </>
  ) : (
    <>Offline</>
  );
}

function rank(runner: RunnerView): number {
  if (runner.status !== "accepted") return 0;
  return runner.online ? 1 : 2;
}
