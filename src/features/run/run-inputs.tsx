"use client";

import type { RunInputs as Inputs } from "@deskhand/shared/schemas/deployment";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { InputTable } from "@/features/deployment/given-inputs";
import { useTRPC } from "@/trpc/client";

/** With which inputs a run was begun, and which of them came with what began it. */
export function RunInputs({ runId }: { runId: string }) {
  const inputs = useRunInputs(runId);
  if (inputs.isError) return <ErrorState error={inputs.error} onRetry={() => void inputs.refetch()} />;
  if (!inputs.data) return <Skeleton height={80} m="md" />;
  return <InputTable items={inputs.data.items.map((item) => ({ ...item, note: notes[item.setBy] }))} />;
}

const notes: Record<Inputs["items"][number]["setBy"], string | null> = {
  deployment: null,
  message: "Came with the message that began this run.",
  run: "The run before it may have brought another, which only the runner knows.",
};

/** They never change. */
export function useRunInputs(runId: string) {
  const trpc = useTRPC();
  return useQuery(trpc.run.inputs.queryOptions({ id: runId }, { staleTime: Number.POSITIVE_INFINITY }));
}
