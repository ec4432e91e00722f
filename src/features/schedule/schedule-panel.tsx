"use client";

import { readTimes } from "@deskhand/shared/schedule/times";
import type { DeploymentProgress, DeploymentSchedule } from "@deskhand/shared/schemas/deployment";
import { describeScheduleFailure } from "@deskhand/shared/schemas/schedule-failure";
import { Button, Group, Stack, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconRocket } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ConfirmButton } from "@/components/confirm-button";
import { ErrorMessage } from "@/components/error-state";
import { Panel } from "@/components/panel";
import { StatusBadge } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { NextTimes } from "./next-times.tsx";
import { ruleWords } from "./schedule-words.ts";
import { isAskedToPause, standingOf } from "./standing.ts";
import { AfterPart, WebhookPart } from "./trigger-parts.tsx";
import { type Asked, useAsk } from "./use-ask.ts";
import { useRunNow } from "./use-run-now.ts";

type Scheduled = Pick<DeploymentProgress, "id" | "projectId" | "runnerId" | "runnerName" | "runnerOnline" | "manifestId" | "createdAt"> & {
  schedule: DeploymentSchedule;
};

type Props = {
  deployment: Scheduled;
  /** What changes it. */
  changing: ReactNode;
};

/** When a deployment runs by itself, by which rules, and how that stands. */
export function SchedulePanel({ deployment, changing }: Props) {
  const { schedule } = deployment;
  const { label, tone, fires } = standingOf(schedule, Date.now());
  const read = readTimes(schedule.when, Date.parse(schedule.installedAt ?? deployment.createdAt));
  const change = useAsk(deployment);
  const run = useRunNow(deployment);
  const isPaused = isAskedToPause(schedule);
  const isWebhook = schedule.when.kind === "webhook";
  const noun = isWebhook || schedule.when.kind === "after" ? "trigger" : "schedule";
  return (
    <Panel
      title={noun === "trigger" ? "Trigger" : "Schedule"}
      description={
        isWebhook
          ? "Begun by messages to this server; the runner begins only what was signed for."
          : "Kept by the runner: it fires with the server away too."
      }
      actions={<StatusBadge tone={tone}>{label}</StatusBadge>}
    >
      <Stack gap="md">
        {read.ok && <NextTimes schedule={schedule} times={fires ? read.times : undefined} />}
        <Stack component="ul" gap={2} p={0} m={0} style={{ listStyle: "none" }} aria-label="Rules">
          {ruleWords(schedule).map((line) => (
            <Text key={line} component="li" size="xs" c="dimmed">
              {line}
            </Text>
          ))}
        </Stack>
        <WhatWasAsked deployment={deployment} noun={noun} onAgain={(what) => change.mutate(what)} isPending={change.isPending} />
        {schedule.when.kind === "after" && <AfterPart deploymentId={deployment.id} projectId={deployment.projectId} />}
        {isWebhook && schedule.removedAt === null && <WebhookPart deploymentId={deployment.id} projectId={deployment.projectId} />}
        {schedule.removedAt === null && (
          <Group gap="xs">
            <Button loading={run.isPending} leftSection={<IconRocket size={16} aria-hidden />} onClick={() => run.mutate()}>
              Run now
            </Button>
            {label !== "Done" && (
              <Button
                variant="default"
                loading={change.isPending}
                leftSection={isPaused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
                onClick={() => change.mutate(isPaused ? "resume" : "pause")}
              >
                {isPaused ? "Resume" : "Pause"}
              </Button>
            )}
            {changing}
            <ConfirmButton
              c="var(--mantine-color-error)"
              title={`End this ${noun}?`}
              confirmLabel={`End ${noun}`}
              message="Once its runner has done it, nothing begins by itself any more. Runs that have begun go on, and what they left is kept."
              onConfirm={() => change.mutateAsync("remove")}
            >
              End {noun}
            </ConfirmButton>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}

const askedWords: Record<Asked, { asked: string; notDone: string }> = {
  pause: { asked: "Asked to pause", notDone: "was not paused" },
  resume: { asked: "Asked to go on", notDone: "does not go on" },
  remove: { asked: "Asked to end", notDone: "has not ended" },
};

type AskedProps = { deployment: Scheduled; noun: string; onAgain: (what: Asked) => void; isPending: boolean };

/** What its runner was asked and has not done: that it waits for it, or why it was not done. And why it never had the schedule. */
function WhatWasAsked({ deployment: { schedule, runnerName, runnerOnline }, noun, onAgain, isPending }: AskedProps) {
  const { asked, removedAt, failureCode, installedAt } = schedule;
  if (removedAt) return null;
  if (asked && asked.failureCode === null) {
    const where = `${runnerName}${runnerOnline ? "" : ", which is offline"}`;
    const until = schedule.when.kind === "webhook" ? "No message begins it meanwhile." : "Until then it goes on as before.";
    return (
      <Group gap="sm" role="status">
        <Text size="sm">
          {askedWords[asked.what].asked} <TimeAgo at={asked.at} />. It waits for {where}.{" "}
          {asked.what === "resume" ? "Until then nothing begins." : until}
        </Text>
        {!runnerOnline && (
          <Button size="xs" variant="default" loading={isPending} onClick={() => onAgain(asked.what)}>
            Ask again
          </Button>
        )}
      </Group>
    );
  }
  const code = asked?.failureCode ?? (installedAt ? null : failureCode);
  if (code === null) return null;
  const { title, whatToDo } = describeScheduleFailure(code);
  const notDone = asked ? askedWords[asked.what].notDone : `is not on ${runnerName}`;
  return <ErrorMessage words={{ title: `The ${noun} ${notDone}: ${lowerFirst(title)}`, whatToDo }} />;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
