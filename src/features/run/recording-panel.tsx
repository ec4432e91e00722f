"use client";

import type { PickPurpose, Recorded } from "@deskhand/shared/protocol/recorded";
import type { RunDetail } from "@deskhand/shared/schemas/run";
import { ownSteps } from "@deskhand/shared/schemas/run-tree";
import { Alert, Badge, Button, Menu, Paper, Text, Title } from "@mantine/core";
import { IconArrowBackUp, IconFocus2, IconPlayerPause, IconPlayerRecord } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { ErrorState } from "@/components/error-state";
import { RecordedStepRow } from "./recorded-step-row.tsx";
import classes from "./recording-panel.module.css";
import type { Hold } from "./use-hold.ts";
import { useRecorded } from "./use-recorded.ts";

type Props = { run: RunDetail; hold: Hold; recorded: Recorded | null };

const purposes: [PickPurpose, string][] = [
  ["visible", "Check that it can be seen"],
  ["text", "Check its text"],
  ["extract-text", "Read its text"],
  ["extract-attribute", "Read an attribute"],
  ["extract-table", "Read a table or list"],
];

/** What a person does on the page, as steps; beside the live view while a run records. */
export function RecordingPanel({ run, hold, recorded }: Props) {
  const { steps, document, act, finish, save, question } = useRecorded(run, hold, recorded);
  const list = useRef<HTMLOListElement>(null);
  const count = steps.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was added last is looked at
  useEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [count]);
  const isPaused = recorded?.isPaused === true || recorded?.isFull === true;
  const isClosed = recorded?.isClosed === true;
  const picking = recorded?.picking ?? null;
  const before = ownSteps(run.steps).length;

  return (
    <Paper component="section" aria-labelledby="recording-heading" className={classes.panel}>
      <div className={classes.head}>
        <Title order={2} size="h3" id="recording-heading">
          Recording
        </Title>
        <Badge variant="light" color={!hold.isMine || isPaused || isClosed ? "gray" : "red"}>
          {!hold.isMine ? "Waits for you" : isClosed ? "Closed" : isPaused ? "Paused" : "On"}
        </Badge>
      </div>
      {hold.isMine ? (
        <div className={classes.tools}>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={isPaused ? <IconPlayerRecord size={15} aria-hidden /> : <IconPlayerPause size={15} aria-hidden />}
            disabled={recorded?.isFull || isClosed}
            onClick={() => act({ do: "pause", on: !isPaused })}
          >
            {isPaused ? "Go on" : "Pause"}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconArrowBackUp size={15} aria-hidden />}
            disabled={count === 0}
            onClick={() => act({ do: "undo" })}
          >
            Undo
          </Button>
          {picking ? (
            <Button size="compact-sm" variant="light" onClick={() => act({ do: "pick", purpose: null })}>
              Stop pointing
            </Button>
          ) : (
            <Menu position="bottom-start" withinPortal>
              <Menu.Target>
                <Button size="compact-sm" variant="default" disabled={isClosed} leftSection={<IconFocus2 size={15} aria-hidden />}>
                  Point at
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {purposes.map(([purpose, words]) => (
                  <Menu.Item key={purpose} onClick={() => act({ do: "pick", purpose })}>
                    {words}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
        </div>
      ) : (
        <Text size="sm" c="dimmed" className={classes.note}>
          {run.window ? "Take the page over to see the steps, and to keep them." : "Take the page over: what you do on it becomes steps."}
        </Text>
      )}
      {run.window && <WindowNote runnerName={run.runnerName} isClosed={isClosed} />}
      {picking && (
        <Text size="sm" className={classes.note} role="status">
          Press the element on the page. Nothing else happens there.
        </Text>
      )}
      {recorded?.isFull && (
        <Alert color="yellow" variant="light" role="alert" m="sm" title="There is no room for more">
          Save what there is, and record the rest after it.
        </Alert>
      )}
      {before > 0 && (
        <Text size="xs" c="dimmed" className={classes.note}>
          After the workflow’s {before === 1 ? "first step" : `own ${before} steps`}:
        </Text>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to by the keyboard too */}
      <ol ref={list} className={classes.list} aria-label="Recorded steps" aria-live="polite" tabIndex={0}>
        {steps.map((recordedStep) => (
          <RecordedStepRow key={recordedStep.id} {...recordedStep} document={document} act={hold.isMine ? act : null} />
        ))}
        {count === 0 && (
          <Text component="li" size="sm" c="dimmed">
            Nothing yet.
          </Text>
        )}
      </ol>
      {save.error && <ErrorState error={save.error} />}
      {question}
      <div className={classes.foot}>
        <Button loading={save.isPending} disabled={!hold.isMine || count === 0 || !document} onClick={() => save.mutate()}>
          Save as a new version
        </Button>
        <Button variant="subtle" color="gray" disabled={!hold.isMine || save.isPending} onClick={finish}>
          End without saving
        </Button>
      </div>
    </Paper>
  );
}

/** Where the person is who shows the steps. */
function WindowNote({ runnerName, isClosed }: { runnerName: string; isClosed: boolean }) {
  return (
    <Text size="sm" c="dimmed" className={classes.note} role="status">
      {isClosed
        ? "The window was closed. Save what there is, or end without saving."
        : `A window is open on ${runnerName}’s screen. What is done there becomes steps, in the tab that it began with and those that its pages open.`}
    </Text>
  );
}
