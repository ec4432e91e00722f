import { exitOf } from "@deskhand/shared/schemas/exit-of";
import type { ProxyExit } from "@deskhand/shared/schemas/proxy";
import type { ProxySetting } from "@deskhand/shared/schemas/proxy-setting";
import { useQuery } from "@tanstack/react-query";
import { useAllProxies } from "@/features/proxy/use-all-proxies";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

/** Where a profile leads out that leaves so, as the last check found; undefined while that is not known. */
export function useExit(way: ProxySetting): ProxyExit | undefined {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const pools = useQuery(trpc.proxy.pools.queryOptions({ projectId }));
  const proxies = useAllProxies();
  return exitOf(way, proxies.data ?? [], pools.data?.items ?? []);
}
