import { proxyName } from "@deskhand/shared/schemas/export-proxies";
import type { PoolView, ProxyView } from "@deskhand/shared/schemas/proxy";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { ActionIcon, Button, Menu, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconPencil, IconStack2, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { CardTable } from "@/components/card-table";
import { ConfirmModal } from "@/components/confirm-button";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { PoolModal } from "./pool-modal.tsx";
import { strategyWords, withoutPool } from "./proxy-words.ts";
import { SendPool } from "./send-pool.tsx";
import { useAllProxies } from "./use-all-proxies.ts";
import { useProxyOrders } from "./use-proxy-orders.ts";
import { UsedBy } from "./used-by.tsx";

export function PoolList({ runners, onAdd }: { runners: RunnerView[]; onAdd: () => void }) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const pools = useQuery(trpc.proxy.pools.queryOptions({ projectId }));
  const proxies = useAllProxies();
  if (pools.isError && !pools.data) return <ErrorState error={pools.error} onRetry={() => void pools.refetch()} />;
  if (pools.data?.items.length === 0) {
    return (
      <EmptyState
        icon={<IconStack2 size={26} stroke={1.5} aria-hidden />}
        title="No pool yet"
        description="A pool gives each profile or run one of several proxies, and another one when one fails."
        action={<Button onClick={onAdd}>Add pool</Button>}
      />
    );
  }
  return (
    <CardTable label="Pools" columns={["Pool", "Chooses", "Proxies", "After a failure", "Used by", ""]} loading={pools.isPending}>
      {pools.data?.items.map((pool) => (
        <PoolRow key={pool.id} pool={pool} runners={runners} proxies={proxies.data ?? []} />
      ))}
    </CardTable>
  );
}

function PoolRow({ pool, runners, proxies }: { pool: PoolView; runners: RunnerView[]; proxies: ProxyView[] }) {
  const orders = useProxyOrders();
  const [editing, edit] = useDisclosure(false);
  const [deleting, deletion] = useDisclosure(false);
  const first = pool.proxyIds.slice(0, 2).flatMap((id) => proxies.filter((proxy) => proxy.id === id).map(proxyName));
  const more = pool.proxyIds.length - first.length;
  return (
    <CardTable.Row>
      <CardTable.Cell>
        <div>
          <Text size="sm" fw={500}>
            {pool.name}
          </Text>
          {withoutPool(pool, runners).map((runner) => (
            <SendPool key={runner.id} pool={pool} runner={runner} />
          ))}
        </div>
      </CardTable.Cell>
      <CardTable.Cell label="Chooses">{strategyWords(pool.strategy)}</CardTable.Cell>
      <CardTable.Cell label="Proxies">
        {first.length === 0 ? pool.proxyIds.length : `${first.join(", ")}${more > 0 ? ` and ${more} more` : ""}`}
      </CardTable.Cell>
      <CardTable.Cell label="After a failure">
        {pool.coolDownSeconds === 0 ? "Used on" : `Left alone for ${Math.round(pool.coolDownSeconds / 60)} min`}
      </CardTable.Cell>
      <CardTable.Cell label="Used by">
        <UsedBy id={pool.id} profiles={pool.usedBy} />
      </CardTable.Cell>
      <CardTable.Cell align="right">
        <Menu position="bottom-end" width={160}>
          <Menu.Target>
            <ActionIcon aria-label={`Actions for ${pool.name}`}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={15} aria-hidden />} onClick={edit.open}>
              Edit
            </Menu.Item>
            <Menu.Item c="var(--mantine-color-error)" leftSection={<IconTrash size={15} aria-hidden />} onClick={deletion.open}>
              Delete pool
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <PoolModal opened={editing} onClose={edit.close} pool={pool} />
        <ConfirmModal
          opened={deleting}
          onClose={deletion.close}
          title={`Delete ${pool.name}?`}
          confirmLabel="Delete pool"
          onConfirm={async () => {
            await orders.deletePool(pool.id);
            notifyDone(`${pool.name} was deleted.`);
          }}
          message="Its proxies stay."
        />
      </CardTable.Cell>
    </CardTable.Row>
  );
}
