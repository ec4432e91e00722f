import { proxyName } from "@deskhand/shared/schemas/export-proxies";
import type { ProfileFilter } from "@deskhand/shared/schemas/profile-filter";
import { type ComboboxProps, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAllProxies } from "@/features/proxy/use-all-proxies";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

type Props = { through: ProfileFilter["through"]; onThrough: (through: ProfileFilter["through"]) => void; comboboxProps: ComboboxProps };

const direct = { value: "none", label: "Direct" };
/** Of thousands that match; more words find the others. */
const optionsShown = 100;

/** Narrows profiles down to those that reach the network in one way. Pools and proxies are asked for when somebody looks at them. */
export function NetworkFilter({ through, onThrough, comboboxProps }: Props) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const [opened, setOpened] = useState(false);
  const isAsked = opened || (through !== undefined && through !== "none");
  const pools = useQuery(trpc.proxy.pools.queryOptions({ projectId }, { enabled: isAsked })).data?.items ?? [];
  const proxies = useAllProxies(isAsked).data ?? [];
  const groups = [
    { group: "Pools", items: pools.map(({ id, name }) => ({ value: id, label: name })) },
    { group: "Proxies", items: proxies.map((proxy) => ({ value: proxy.id, label: proxyName(proxy) })) },
  ];
  return (
    <Select
      aria-label="Network"
      placeholder="Any network"
      data={[direct, ...groups.filter(({ items }) => items.length > 0)]}
      value={through ?? null}
      onChange={(way) => onThrough(way ?? undefined)}
      onDropdownOpen={() => setOpened(true)}
      searchable
      limit={optionsShown}
      clearable
      comboboxProps={comboboxProps}
    />
  );
}
