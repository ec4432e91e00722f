"use client";

import { begunWords } from "@deskhand/shared/schemas/begun-words";
import type { RunDetail } from "@deskhand/shared/schemas/run";
import { Anchor, Group } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";
import { BackLink } from "@/components/back-link";
import { PageHeader } from "@/components/page-header";
import { StatusDot } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { RunDuration } from "./elapsed.tsx";
import { RunBadge } from "./run-badge.tsx";
import classes from "./run-page.module.css";

/** What ran, on whom, where, and how it stands. */
export function RunHeader({ run, actions }: { run: RunDetail; actions: ReactNode }) {
  return (
    <PageHeader
      above={<BackLink href="/dashboard/runs">Runs</BackLink>}
      title={
        <Group gap="sm" component="span">
          <Anchor component={Link} href={`/dashboard/workflows/${run.workflowId}?version=${run.version}`} inherit c="inherit">
            {run.workflowName}
          </Anchor>
          <RunBadge run={run} />
        </Group>
      }
      description={
        <dl className={classes.facts}>
          <Fact label="Version">{run.version}</Fact>
          <Fact label="Profile">
            <Anchor component={Link} href={`/dashboard/profiles/${run.profileId}`} prefetch={false} inherit>
              {run.profileName}
            </Anchor>
          </Fact>
          <Fact label="Deployment">
            <Anchor component={Link} href={`/dashboard/deployments/${run.deploymentId}`} prefetch={false} inherit>
              Open
            </Anchor>
          </Fact>
          {run.begun && <Fact label="Begun">{begunWords(run.begun)}</Fact>}
          <Fact label="Runner">
            <StatusDot tone={run.runnerOnline ? "good" : "idle"} /> {run.runnerName}
            {!run.runnerOnline && " (offline)"}
          </Fact>
          <Fact label="Duration">
            <RunDuration run={run} />
          </Fact>
          <Fact label={run.finishedAt ? "Ended" : "Created"}>
            <TimeAgo at={run.finishedAt ?? run.createdAt} />
          </Fact>
        </dl>
      }
      actions={actions}
    />
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
