import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import { isProfileFlag } from "@deskhand/shared/schemas/profile-flags";
import { Alert, Anchor, Group, List, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import Link from "next/link";
import { Facts } from "@/components/facts";
import { Panel } from "@/components/panel";
import { RunStateBadge } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { flagWords, holderWords } from "./profile-words.ts";

/** What the runner has of the profile and who uses it. */
export function StatePanel({ profile }: { profile: ProfileDetail }) {
  const { stateSavedAt, stateBytes, stateFlags, holder, revision, appliedRevision, runnerOnline } = profile;
  const isBehind = appliedRevision < revision;
  // that a state was lost is among the notices, until somebody has seen it; what a folder keeps is no trouble for a profile that has one
  const shown = stateFlags.filter((flag) => flag !== "state-restored" && (profile.engine !== "dedicated" || !isProfileFlag(flag)));
  return (
    <Panel title="State" description="Cookies, storage and sign-ins stay on the runner; this is what it tells of them.">
      <Stack gap="md">
        {shown.length > 0 && (
          <Alert variant="light" color="yellow" icon={<IconAlertTriangle size={18} aria-hidden />} title="Good to know">
            <List size="sm" spacing={4}>
              {shown.map((flag) => (
                <List.Item key={flag}>{flagWords(flag)}</List.Item>
              ))}
            </List>
          </Alert>
        )}
        <Facts
          divided
          items={[
            { label: "Saved", value: stateSavedAt ? <TimeAgo at={stateSavedAt} /> : "Never used" },
            { label: "Size", value: stateBytes === null ? "Nothing yet" : bytesWords(stateBytes) },
            {
              label: "In use by",
              value: !holder ? (
                "Nobody"
              ) : (
                <span>
                  {holder.kind === "run" ? (
                    <Anchor component={Link} href={`/dashboard/runs/${holder.id}`} size="sm">
                      {holderWords(holder.kind)}
                    </Anchor>
                  ) : (
                    holderWords(holder.kind)
                  )}{" "}
                  since <TimeAgo at={holder.since} />
                  {!runnerOnline && ", when the runner was last heard"}
                </span>
              ),
            },
            {
              label: "Last run",
              value:
                profile.lastRunId && profile.lastRunState ? (
                  <Group gap="sm">
                    <Anchor component={Link} href={`/dashboard/runs/${profile.lastRunId}`} prefetch={false} underline="never">
                      <RunStateBadge state={profile.lastRunState} size="md" />
                    </Anchor>
                    <Anchor component={Link} href={`/dashboard/runs?profile=${profile.id}`} prefetch={false} size="sm">
                      All its runs
                    </Anchor>
                  </Group>
                ) : (
                  "None yet"
                ),
            },
            {
              label: "Settings",
              value: isBehind ? (
                <Text size="sm" component="span">
                  {runnerOnline ? "Being sent to the runner" : "Sent when the runner is back"}
                </Text>
              ) : (
                "The runner has the newest"
              ),
            },
            { label: "Created", value: <TimeAgo at={profile.createdAt} /> },
          ]}
        />
      </Stack>
    </Panel>
  );
}
