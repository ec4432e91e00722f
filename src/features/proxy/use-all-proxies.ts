import { useQuery } from "@tanstack/react-query";
import { allPages } from "@/trpc/all-pages";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

/** All proxies of the project, to choose from; only when they are wanted. Asked again with the other answers about proxies. */
export function useAllProxies(enabled = true) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { id: projectId } = useProject();
  const [first] = trpc.proxy.list.queryKey({ projectId });
  return useQuery({
    enabled,
    queryKey: [first, "all", projectId],
    queryFn: () => allPages((cursor) => client.proxy.list.query({ projectId, limit: 100, ...(cursor && { cursor }) })),
  });
}
