import { PROXY_CHAIN_MAX, type ProxySetting } from "@deskhand/shared/schemas/proxy-setting";
import { Anchor, MultiSelect, SegmentedControl, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useAllProxies } from "@/features/proxy/use-all-proxies";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

const kinds: { value: ProxySetting["kind"]; label: string }[] = [
  { value: "none", label: "Direct" },
  { value: "proxy", label: "Proxy" },
  { value: "chain", label: "Chain" },
  { value: "pool", label: "Pool" },
];

export type WayDraft = { kind: ProxySetting["kind"]; proxyId: string | null; proxyIds: string[]; poolId: string | null };

/** How profiles are to reach the network: directly, by a proxy, by a chain of them or by one of a pool. */
export function WayFields({ draft, setDraft }: ChoiceProps) {
  return (
    <>
      <SegmentedControl
        aria-label="Way to the network"
        data={kinds}
        value={draft.kind}
        onChange={(kind) => setDraft({ ...draft, kind: kind as WayDraft["kind"] })}
      />
      {draft.kind !== "none" && <Choice draft={draft} setDraft={setDraft} />}
    </>
  );
}

/** Of thousands that match; more words find the others. */
const optionsShown = 100;

type ChoiceProps = { draft: WayDraft; setDraft: (draft: WayDraft) => void };

function Choice({ draft, setDraft }: ChoiceProps) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const pools = useQuery(trpc.proxy.pools.queryOptions({ projectId })).data?.items ?? [];
  const proxies = useAllProxies().data ?? [];
  const options = proxies.map(({ id, name, host, port }) => ({ value: id, label: name ?? `${host}:${port}` }));
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

export function draftOf(setting: ProxySetting): WayDraft {
  return { proxyId: null, proxyIds: [], poolId: null, ...setting };
}

/** Undefined while something is missing. */
export function settingOf({ kind, proxyId, proxyIds, poolId }: WayDraft): ProxySetting | undefined {
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
