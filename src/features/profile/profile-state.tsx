import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { Anchor, Group, Text } from "@mantine/core";
import Link from "next/link";
import { StatusBadge } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";

/** Whether a profile has something saved, and what uses it now. */
export function ProfileState({ profile }: { profile: ProfileView }) {
  if (profile.state === "in-use") {
    return (
      <Group gap="xs" wrap="nowrap">
        <StatusBadge tone="busy">In use</StatusBadge>
        {profile.activeRunId && (
          <Anchor component={Link} href={`/dashboard/runs/${profile.activeRunId}`} size="xs" prefetch={false}>
            Open the run
          </Anchor>
        )}
      </Group>
    );
  }
  if (profile.state === "hibernating") {
    return (
      <Group gap="xs" wrap="nowrap" title="Kept open and out of memory: it opens where it was as soon as it is used.">
        <StatusBadge tone="wait">Hibernating</StatusBadge>
        {profile.hibernatingSince && (
          <Text size="xs" c="dimmed" component="span">
            <TimeAgo at={profile.hibernatingSince} />
          </Text>
        )}
      </Group>
    );
  }
  if (profile.state === "new") return <StatusBadge tone="idle">New</StatusBadge>;
  return (
    <Group gap="xs" wrap="nowrap">
      <StatusBadge tone="good">Saved</StatusBadge>
      <Text size="xs" c="dimmed" component="span">
        {profile.stateBytes !== null && `${bytesWords(profile.stateBytes)}`}
        {profile.stateBytes !== null && profile.stateSavedAt && " · "}
        {profile.stateSavedAt && <TimeAgo at={profile.stateSavedAt} />}
      </Text>
    </Group>
  );
}
