import { type ComparedStep, changedParts, type DiffLine, diffSteps } from "@deskhand/shared/schemas/diff-steps";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { WorkflowVersionView } from "@deskhand/shared/schemas/workflow";
import { Badge, Button, Group, NativeSelect, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Breakable } from "@/components/breakable";
import { ErrorState } from "@/components/error-state";
import { Panel } from "@/components/panel";
import { StepIcon } from "@/components/step-icon";
import { useTRPC } from "@/trpc/client";
import classes from "./version-diff.module.css";

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
  const lines = useMemo(() => (old && now ? diffSteps(old, now) : null), [old, now]);
  const parts = useMemo(() => (old && now ? changedParts(old, now) : []), [old, now]);
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
      {!lines && !error && <Skeleton height={160} />}
      {parts.length > 0 && (
        <Text size="sm" mb="sm">
          Besides the steps, changed: {parts.join(", ")}.
        </Text>
      )}
      {lines && (
        <ol className={classes.lines} aria-label="Steps of both versions">
          {lines.map((line) => (
            <Line key={`${line.before?.number} ${line.after?.number}`} line={line} />
          ))}
        </ol>
      )}
    </>
  );
}

const words = { same: null, added: "Added", removed: "Removed", changed: "Changed" };

function Line({ line }: { line: DiffLine }) {
  return (
    <li className={classes.line} data-kind={line.kind}>
      <Side step={line.before} />
      <Side step={line.after} />
      {words[line.kind] && (
        <Badge size="xs" variant="default" className={classes.kind}>
          {words[line.kind]}
        </Badge>
      )}
      {line.kind === "changed" && (
        <details className={classes.more}>
          <summary>As JSON</summary>
          <div className={classes.both}>
            <pre>{line.before?.json}</pre>
            <pre>{line.after?.json}</pre>
          </div>
        </details>
      )}
    </li>
  );
}

function Side({ step }: { step: ComparedStep | null }) {
  if (!step) return <span className={classes.nothing} aria-hidden />;
  return (
    <span className={classes.side} style={{ paddingInlineStart: `${Math.min(step.depth, 4) * 0.75}rem` }}>
      <span className={classes.number} aria-hidden>
        {step.number}
      </span>
      <StepIcon type={step.type} verb={step.label.verb} size={14} />
      <span>
        <b>{step.label.verb}</b> <Breakable text={`${step.label.target} ${step.label.detail}`.trim()} />
      </span>
    </span>
  );
}
