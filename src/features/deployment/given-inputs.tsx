"use client";

import type { DeploymentInputs } from "@deskhand/shared/schemas/deployment";
import { Code, Skeleton, Text } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { CardTable } from "@/components/card-table";
import { ErrorState } from "@/components/error-state";
import { useTRPC } from "@/trpc/client";

/** With which inputs a deployment runs. */
export function GivenInputs({ deploymentId }: { deploymentId: string }) {
  const given = useGivenInputs(deploymentId);
  if (given.isError) return <ErrorState error={given.error} onRetry={() => void given.refetch()} />;
  if (!given.data) return <Skeleton height={80} m="md" />;
  return <InputTable items={given.data.items.map((item) => ({ ...item, note: item.settable ? mayBeOther : null }))} />;
}

const mayBeOther = "What begins a run by itself may bring another.";

type Shown = Pick<DeploymentInputs["items"][number], "name" | "title" | "secret" | "value"> & {
  /** Where the value came from, or may come from. */
  note: string | null;
};

/** Inputs with their values; of secret ones only that there are such. */
export function InputTable({ items }: { items: Shown[] }) {
  return (
    <CardTable label="Inputs" columns={["Input", "Value"]} plain>
      {items.map((input) => (
        <CardTable.Row key={input.name}>
          <CardTable.Cell>
            <Text size="sm" fw={500}>
              {input.title}
            </Text>
          </CardTable.Cell>
          <CardTable.Cell label="Value">
            <div>
              <Value input={input} />
              {input.note && (
                <Text size="xs" c="dimmed">
                  {input.note}
                </Text>
              )}
            </div>
          </CardTable.Cell>
        </CardTable.Row>
      ))}
    </CardTable>
  );
}

/** What a deployment was given; it never changes. */
export function useGivenInputs(deploymentId: string | undefined) {
  const trpc = useTRPC();
  return useQuery(
    trpc.deployment.inputs.queryOptions(
      { id: deploymentId ?? "" },
      { enabled: deploymentId !== undefined, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
}

function Value({ input: { secret, value } }: { input: Shown }) {
  if (secret) {
    return (
      <Text size="sm" c="dimmed">
        <IconLock size={14} aria-hidden /> Secret: only the runner can read it
      </Text>
    );
  }
  if (value === null || value === "") {
    return (
      <Text size="sm" c="dimmed">
        {value === null ? "Not given" : "Empty"}
      </Text>
    );
  }
  if (typeof value === "boolean") return <Text size="sm">{value ? "Yes" : "No"}</Text>;
  return <Code style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{String(value)}</Code>;
}
