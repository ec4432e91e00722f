"use client";

import { DataList, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { Panel } from "@/components/panel";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";

/** Who is signed in. */
export function AccountPanel() {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  return (
    <Panel title="Account">
      {me.isError && !me.data ? (
        <ErrorState error={me.error} onRetry={() => void me.refetch()} />
      ) : (
        <DataList labelWidth="9rem">
          <DataList.Item>
            <DataList.ItemLabel>Name</DataList.ItemLabel>
            <DataList.ItemValue>{me.data?.name ?? <Skeleton height={16} width={120} />}</DataList.ItemValue>
          </DataList.Item>
          <DataList.Item>
            <DataList.ItemLabel>E-mail</DataList.ItemLabel>
            <DataList.ItemValue>{me.data?.email ?? <Skeleton height={16} width={180} />}</DataList.ItemValue>
          </DataList.Item>
          <DataList.Item>
            <DataList.ItemLabel>Created</DataList.ItemLabel>
            <DataList.ItemValue>{me.data ? <TimeAgo at={me.data.createdAt} /> : <Skeleton height={16} width={90} />}</DataList.ItemValue>
          </DataList.Item>
        </DataList>
      )}
    </Panel>
  );
}
