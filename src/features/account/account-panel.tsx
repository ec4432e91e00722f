"use client";

import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { Facts } from "@/components/facts";
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
        <Facts
          items={[
            { label: "Name", value: me.data?.name ?? <Skeleton height={16} width={120} my={3} /> },
            { label: "E-mail", value: me.data?.email ?? <Skeleton height={16} width={180} my={3} /> },
            { label: "Created", value: me.data ? <TimeAgo at={me.data.createdAt} /> : <Skeleton height={16} width={90} my={3} /> },
          ]}
        />
      )}
    </Panel>
  );
}
