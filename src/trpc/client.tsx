"use client";

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import { wordsFor } from "@/components/error-words";
import type { AppRouter } from "@/server/routers/_app";
import { isCostly } from "./query-key.ts";

const context = createTRPCContext<AppRouter>();

/** Options for react-query's hooks, for example `useQuery(trpc.runner.list.queryOptions({ projectId }))`. */
export const useTRPC = context.useTRPC;

/** The bare client, for calls outside of react-query's hooks. */
export const useTRPCClient = context.useTRPCClient;

const url = "/api/trpc";

/** Waits for a runner's answer, which must not hold up the other calls of a batch. */
const slowPaths = new Set(["run.log"]);

function createClient() {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (op) => op.type === "subscription",
        true: httpSubscriptionLink({ url }),
        false: splitLink({
          condition: (op) => slowPaths.has(op.path),
          true: httpLink({ url }),
          false: httpBatchLink({ url, maxItems: 20 }),
        }),
      }),
    ],
  });
}

/** Leaves for the sign-in page when the session has ended elsewhere, and comes back afterwards. */
function onError(error: unknown) {
  if (wordsFor(error).code !== "UNAUTHENTICATED" || !window.location.pathname.startsWith("/dashboard")) return;
  const next = `${window.location.pathname}${window.location.search}`;
  window.location.assign(`/sign-in?next=${encodeURIComponent(next)}`);
}

/** Only an answer that never came is worth asking again for; the server's refusals stay what they are. */
function mayRetry(failures: number, error: unknown): boolean {
  const { code } = wordsFor(error);
  return failures < 3 && (code === null || code === "DATABASE_UNAVAILABLE");
}

/** Mutations that change nothing that a page shows. */
const quiet = new Set(["workflow.check", "runner.createPairingCode"]);

function createQueryClient() {
  const queryClient: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({
      onError,
      // what the page shows is asked for again before the mutation counts as done, so nobody sees the old state after a success
      onSuccess: (_data, _variables, _result, mutation) => {
        const [path] = (mutation.options.mutationKey ?? [[]]) as [readonly string[]];
        if (!quiet.has(path.join("."))) return queryClient.invalidateQueries({ predicate: ({ queryKey }) => !isCostly(queryKey) });
      },
    }),
    defaultOptions: {
      // live changes tell when to look again, so nothing is stale by age alone; coming back to the tab looks again in case a hint was lost
      queries: { staleTime: 30_000, retry: mayRetry, refetchOnWindowFocus: "always" },
      mutations: { retry: false },
    },
  });
  return queryClient;
}

/** tRPC and react-query for everything below. */
export function TrpcProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(createClient);
  return (
    <QueryClientProvider client={queryClient}>
      <context.TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </context.TRPCProvider>
    </QueryClientProvider>
  );
}
