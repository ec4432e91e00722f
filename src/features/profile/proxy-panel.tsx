import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import { Button, Group, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Panel } from "@/components/panel";
import { allPages } from "@/trpc/all-pages";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useConfigure } from "./use-configure.ts";
import { draftOf, settingOf, WayFields } from "./way-fields.tsx";

/** How the profile reaches the network. */
export function ProxyPanel({ profile }: { profile: ProfileDetail }) {
  const trpc = useTRPC();
  const configure = useConfigure(profile);
  const { projectId, settings } = profile;
  const [draft, setDraft] = useState(() => draftOf(settings.proxy));
  const client = useTRPCClient();
  const ofProfile = { projectId, profileId: profile.id };
  const usage = useQuery({
    queryKey: [...trpc.proxy.usage.queryKey(ofProfile), "all"],
    queryFn: () => allPages((cursor) => client.proxy.usage.query({ ...ofProfile, limit: 100, ...(cursor && { cursor }) })),
  });
  const wanted = settingOf(draft);
  const isChanged = JSON.stringify(wanted) !== JSON.stringify(settings.proxy);
  const total = usage.data?.reduce((sum, { bytesSent, bytesReceived }) => sum + bytesSent + bytesReceived, 0) ?? 0;
  return (
    <Panel
      title="Network"
      description="Through which proxy sites are reached; a change takes effect with the next start of the profile."
      actions={
        total > 0 && (
          <Text size="sm" c="dimmed">
            {bytesWords(total)} so far
          </Text>
        )
      }
    >
      <Stack gap="md" align="flex-start">
        <WayFields draft={draft} setDraft={setDraft} />
        <Switch
          label="Do not start when the exit does not fit the identity"
          description="Its country and time zone are looked at before each start. Otherwise a difference is only a warning."
          checked={settings.onMismatch === "block"}
          disabled={configure.isPending}
          onChange={(event) => configure.mutate({ onMismatch: event.currentTarget.checked ? "block" : "warn" })}
        />
        {isChanged && (
          <Group gap="xs">
            <Button
              size="xs"
              disabled={!wanted}
              loading={configure.isPending}
              onClick={() => wanted && configure.mutate({ proxy: wanted })}
            >
              Save
            </Button>
            <Button size="xs" variant="default" onClick={() => setDraft(draftOf(settings.proxy))}>
              Undo
            </Button>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}
