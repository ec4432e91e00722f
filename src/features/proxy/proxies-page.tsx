"use client";

import { Button, Tabs } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { PageHeader } from "@/components/page-header";
import { useAddressState } from "@/components/use-address-state";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { ImportModal } from "./import-modal.tsx";
import { PoolList } from "./pool-list.tsx";
import { PoolModal } from "./pool-modal.tsx";
import { ProxyList } from "./proxy-list.tsx";

/** The project's proxies, and pools of them. */
export function ProxiesPage() {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const [asked, setTab] = useAddressState("tab");
  const tab = asked === "pools" ? "pools" : "proxies";
  const [importing, importModal] = useDisclosure(false);
  const [making, poolModal] = useDisclosure(false);
  const runners = useQuery(trpc.runner.list.queryOptions({ projectId }));
  const accepted = runners.data?.items.filter(({ status }) => status === "accepted") ?? [];
  return (
    <>
      <PageHeader
        title="Proxies"
        description="Ways to the network for profiles. Passwords are sealed here to your runners: the server cannot read them."
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={tab === "pools" ? poolModal.open : importModal.open}>
            {tab === "pools" ? "Add pool" : "Add proxies"}
          </Button>
        }
      />
      <Tabs value={tab} onChange={(next) => setTab(next === "pools" ? "pools" : "")} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="proxies">Proxies</Tabs.Tab>
          <Tabs.Tab value="pools">Pools</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="proxies">
          <ProxyList runners={accepted} onAdd={importModal.open} />
        </Tabs.Panel>
        <Tabs.Panel value="pools">
          <PoolList runners={accepted} onAdd={poolModal.open} />
        </Tabs.Panel>
      </Tabs>
      <ImportModal opened={importing} onClose={importModal.close} runners={accepted} />
      <PoolModal opened={making} onClose={poolModal.close} />
    </>
  );
}
