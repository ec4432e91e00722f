import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import type { PoolView, ProxyView } from "@deskhand/shared/schemas/proxy";
import { PROXY_CHAIN_MAX, type ProxySetting } from "@deskhand/shared/schemas/proxy-setting";
import { Anchor, Button, Group, MultiSelect, SegmentedControl, Select, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { bytesWords } from "@/components/bytes";
import { Panel } from "@/components/panel";
import { allPages } from "@/trpc/all-pages";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useConfigure } from "./use-configure.ts";

const kinds: { value: ProxySetting["kind"]; label: string }[] = [
  { value: "none", label: "Direct" },
  { value: "proxy", label: "Proxy" },
  { value: "chain", label: "Chain" },
  { value: "pool", label: "Pool" },
];

type Draft = { kind: ProxySetting["kind"]; proxyId: string | null; proxyIds: string[]; poolId: string | null };

/** How the profile reaches the network. */
export function ProxyPanel({ profile }: { profile: ProfileDetail }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const configure = useConfigure(profile);
  const { projectId, settings } = profile;
  const [draft, setDraft] = useState(() => draftOf(settings.proxy));
  const pools = useQuery(trpc.proxy.pools.queryOptions({ projectId }));
  const usage = useQuery(trpc.proxy.usage.queryOptions({ projectId, profileId: profile.id }));
  const proxies = useQuery({
    queryKey: [...trpc.proxy.list.queryKey({ projectId }), "all"],
    queryFn: () => allPages((cursor) => client.proxy.list.query({ projectId, limit: 100, ...(cursor && { cursor }) })),
  });
  const wanted = settingOf(draft);
  const isChanged = JSON.stringify(wanted) !== JSON.stringify(settings.proxy);
  const total = usage.data?.items.reduce((sum, { bytesSent, bytesReceived }) => sum + bytesSent + bytesReceived, 0) ?? 0;
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
        <SegmentedControl
          aria-label="Way to the network"
          data={kinds}
          value={draft.kind}
          onChange={(kind) => setDraft({ ...draft, kind: kind as Draft["kind"] })}
        />
        <Choice draft={draft} setDraft={setDraft} proxies={proxies.data ?? []} pools={pools.data?.items ?? []} />
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

/** Of thousands that match; more words find the others. */
const optionsShown = 100;

type ChoiceProps = { draft: Draft; setDraft: (draft: Draft) => void; proxies: ProxyView[]; pools: PoolView[] };

function Choice({ draft, setDraft, proxies, pools }: ChoiceProps) {
  const options = proxies.map(({ id, name, host, port }) => ({ value: id, label: name ?? `${host}:${port}` }));
  if (draft.kind === "none") return null;
  if (draft.kind === "pool" ? pools.length === 0 : proxies.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        There is none yet.{" "}
        <Anchor component={Link} href="/dashboard/proxies" inherit>
          Add one under Proxies
        </Anchor>
        .
      </Text>
    );
  }
  if (draft.kind === "pool") {
    return (
      <Select
        label="Pool"
        data={pools.map(({ id, name }) => ({ value: id, label: name }))}
        value={draft.poolId}
        onChange={(poolId) => setDraft({ ...draft, poolId })}
        w="100%"
        maw={360}
      />
    );
  }
  if (draft.kind === "proxy") {
    return (
      <Select
        label="Proxy"
        data={options}
        searchable
        limit={optionsShown}
        value={draft.proxyId}
        onChange={(proxyId) => setDraft({ ...draft, proxyId })}
        w="100%"
        maw={360}
      />
    );
  }
  return (
    <MultiSelect
      label="Proxies, in their order"
      description="The runner connects to the first; sites see the last. Two or three."
      data={options}
      searchable
      limit={optionsShown}
      maxValues={PROXY_CHAIN_MAX}
      value={draft.proxyIds}
      onChange={(proxyIds) => setDraft({ ...draft, proxyIds })}
      w="100%"
      maw={480}
    />
  );
}

function draftOf(setting: ProxySetting): Draft {
  return { proxyId: null, proxyIds: [], poolId: null, ...setting };
}

/** Undefined while something is missing. */
function settingOf({ kind, proxyId, proxyIds, poolId }: Draft): ProxySetting | undefined {
  switch (kind) {
    case "none":
      return { kind };
    case "proxy":
      return proxyId ? { kind, proxyId } : undefined;
    case "chain":
      return proxyIds.length >= 2 ? { kind, proxyIds } : undefined;
    case "pool":
      return poolId ? { kind, poolId } : undefined;
  }
}
