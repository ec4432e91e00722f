import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import { describeNotice } from "@deskhand/shared/schemas/profile-notice";
import { Alert, Button, List, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { notifyError } from "@/components/notify";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";

/** What happened to the profile and somebody has to know; gone for everybody when one has seen it. */
export function Notices({ profile: { id, notices } }: { profile: ProfileDetail }) {
  const trpc = useTRPC();
  const see = useMutation(trpc.profile.seeNotices.mutationOptions({ onError: notifyError }));
  const newest = notices.at(-1);
  if (!newest) return null;
  return (
    <Alert variant="light" color="yellow" icon={<IconAlertTriangle size={18} aria-hidden />}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm" fw={600}>
          This happened to it
        </Text>
        <List size="sm" spacing={4}>
          {notices.map((notice) => (
            <List.Item key={`${notice.kind} ${notice.at}`}>
              {describeNotice(notice)} <TimeAgo at={notice.at} />
            </List.Item>
          ))}
        </List>
        <Button variant="default" size="xs" loading={see.isPending} onClick={() => see.mutate({ id, until: newest.at })}>
          Seen
        </Button>
      </Stack>
    </Alert>
  );
}
