import type { Recording } from "@deskhand/shared/schemas/recording";
import type { WorkflowVersionView } from "@deskhand/shared/schemas/workflow";
import { Button, Group, NativeSelect, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/error-state";
import { Panel } from "@/components/panel";
import { useTRPC } from "@/trpc/client";
import { StepDiff } from "./step-diff.tsx";

type Props = { workflowId: string; versions: readonly WorkflowVersionView[]; shown: number };

/** What changed from one version to another, side by side; asked for by a button, because most people only want the steps. */
export function VersionDiff({ workflowId, versions, shown }: Props) {
  const [opened, setOpened] = useState(false);
  if (versions.length < 2) return null;
  return (
    <Panel
      title="Changes"
      actions={
        <Button size="xs" variant="default" aria-expanded={opened} onClick={() => setOpened(!opened)}>
          {opened ? "Hide" : "Compare versions"}
        </Button>
      }
    >
      {opened ? (
        <Comparison key={shown} workflowId={workflowId} versions={versions} shown={shown} />
      ) : (
        <Text size="sm" c="dimmed">
          Which steps were added, removed and changed from one version to another.
        </Text>
      )}
    </Panel>
  );
}

/** The version before; of the first, the one after. Drafts leave gaps between the numbers. */
function neighbour(versions: Props["versions"], shown: number): number {
  const numbers = versions.map(({ number }) => number).sort((a, b) => a - b);
  return numbers.findLast((number) => number < shown) ?? numbers.find((number) => number > shown) ?? shown;
}

function Comparison({ workflowId, versions, shown }: Props) {
  const trpc = useTRPC();
  const [pair, setPair] = useState(() => ({ from: neighbour(versions, shown), to: shown }));
  const ask = (number: number) => trpc.workflow.version.queryOptions({ id: workflowId, number }, { staleTime: Number.POSITIVE_INFINITY });
  const [before, after] = [useQuery(ask(pair.from)), useQuery(ask(pair.to))];
  const [old, now] = [before.data?.recording, after.data?.recording] as unknown as (Recording | undefined)[];
  const error = before.error ?? after.error;
  const select = (label: string, side: "from" | "to") => (
    <NativeSelect
      size="xs"
      label={label}
      value={String(pair[side])}
      onChange={(event) => setPair({ ...pair, [side]: Number(event.currentTarget.value) })}
      data={versions.map(({ number }) => ({ value: String(number), label: `Version ${number}` }))}
    />
  );
  return (
    <>
      <Group gap="sm" mb="md" grow>
        {select("From", "from")}
        {select("To", "to")}
      </Group>
      {error && <ErrorState error={error} />}
      {old && now ? <StepDiff before={old} after={now} /> : !error && <Skeleton height={160} />}
    </>
  );
}
