"use client";

import { type RepairedStep, repairFile, repairName } from "@deskhand/shared/schemas/repair";
import type { ArtifactView, RunDetail } from "@deskhand/shared/schemas/run";
import { failedStep, stepNumber } from "@deskhand/shared/schemas/run-tree";
import { Anchor, Button, Code, Loader, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { notifyDone, notifyError } from "@/components/notify";
import { Panel } from "@/components/panel";
import { OlderSchedules } from "@/features/schedule/older-schedules";
import { useTRPC } from "@/trpc/client";
import { artifactAddress, describeArtifactProblem, offlineWords, readArtifact } from "./artifact-content.ts";
import classes from "./repair-panel.module.css";

/** Offers another element for the step that found none; nothing for a run that ended otherwise. */
export function RepairPanel({ run }: { run: RunDetail }) {
  const failed = failedStep(run);
  if (run.failureCode !== "SELECTOR_NOT_FOUND" || !failed) return null;
  const name = repairName(failed.index);
  const list = run.artifacts.findLast((artifact) => artifact.name === `${name}.json`);
  const picture = run.artifacts.findLast((artifact) => artifact.name === `${name}.jpg`);
  if (!list) return null;
  const description = "The step's selectors lead to nothing on the page any more. These elements are most like what it looked for.";
  return (
    <Panel title="Repair" description={description}>
      {run.runnerOnline ? <Candidates run={run} list={list} picture={picture} /> : <Text size="sm">{offlineWords(run.runnerName)}</Text>}
    </Panel>
  );
}

type Props = { run: RunDetail; list: ArtifactView; picture: ArtifactView | undefined };

function Candidates({ run, list, picture }: Props) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [pointedAt, setPointedAt] = useState<number | null>(null);
  const repair = useMutation(trpc.workflow.repairStep.mutationOptions());
  const content = useQuery({
    queryKey: ["artifact-content", list.id],
    queryFn: async () => repairFile.parse(await (await readArtifact(list.id)).json()),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (content.isPending) return <Loader size="sm" color="gray" aria-label="Reading what was found" />;
  if (content.isError) return <Text size="sm">{describeArtifactProblem(content.error, run.runnerName)}</Text>;
  const { candidates, tried, window: size, step } = content.data;
  if (repair.data) return <Repaired repaired={repair.data} />;
  const use = (selectors: string[]) =>
    repair.mutate(
      { id: run.id, step, selectors: selectors.slice(0, 5) },
      {
        onSuccess: async ({ number, draft }) => {
          notifyDone(draft ? `Version ${number} is a draft.` : `Version ${number} was saved.`);
          await queryClient.invalidateQueries(trpc.workflow.pathFilter());
        },
        onError: notifyError,
      },
    );
  return (
    <div className={classes.layout}>
      {picture && (
        <div className={classes.picture}>
          {/* biome-ignore lint/performance/noImgElement: the runner's own bytes, shown as they are */}
          <img src={artifactAddress(picture.id)} alt={`The page at step ${stepNumber(run.steps, step)}, with the elements numbered`} />
          {candidates.map(({ box, name, role }, index) => (
            <button
              key={`${box.x} ${box.y} ${box.width} ${box.height}`}
              type="button"
              className={classes.box}
              data-on={pointedAt === index || undefined}
              style={{
                left: `${(box.x / size.width) * 100}%`,
                top: `${(box.y / size.height) * 100}%`,
                width: `${(box.width / size.width) * 100}%`,
                height: `${(box.height / size.height) * 100}%`,
              }}
              aria-label={`Element ${index + 1}: ${role} ${name}`}
              onClick={() => setPointedAt(index)}
            />
          ))}
        </div>
      )}
      <div>
        {candidates.length === 0 && <Text size="sm">Nothing on the page is like it. Record the step again.</Text>}
        <ol className={classes.list} aria-label="Elements that may be meant">
          {candidates.map(({ selectors, role, name, tag, score }, index) => (
            <li key={selectors[0]} className={classes.candidate} data-on={pointedAt === index || undefined}>
              <div className={classes.words}>
                <Text size="sm" fw={500}>
                  {index + 1}. {role || tag} {name && `“${name}”`}
                </Text>
                <Text size="xs" c="dimmed">
                  {Math.round(score * 100)} % alike · <Code>{selectors[0]}</Code>
                </Text>
              </div>
              <Button
                size="xs"
                variant="default"
                loading={repair.isPending && pointedAt === index}
                onClick={() => {
                  setPointedAt(index);
                  use(selectors);
                }}
              >
                Use this
              </Button>
            </li>
          ))}
        </ol>
        <details className={classes.tried}>
          <summary>What was tried ({tried.length})</summary>
          <ul>
            {tried.map(({ selector, why }) => (
              <li key={selector}>
                <Code>{selector}</Code>: {why}
              </li>
            ))}
          </ul>
        </details>
      </div>
    </div>
  );
}

/** What was made, and what does not run it yet. */
function Repaired({ repaired }: { repaired: RepairedStep }) {
  const { workflowId, number, draft, versions, schedules } = repaired;
  const address = `/dashboard/workflows/${workflowId}`;
  const drafts = versions.filter((made) => made.draft && made.workflowId !== workflowId);
  const count = schedules.length === 1 ? "A schedule or trigger runs" : `${schedules.length} schedules and triggers run`;
  return (
    <Stack gap="md">
      <Text size="sm" role="status">
        Version {number} looks for it first.{" "}
        {draft ? (
          <>
            It is a draft:{" "}
            <Anchor component={Link} href={`${address}?version=${number}`} size="sm" underline="always">
              open the draft
            </Anchor>{" "}
            to run the tests and publish it.
          </>
        ) : (
          <>
            <Anchor component={Link} href={address} size="sm" underline="always">
              Open the workflow
            </Anchor>{" "}
            to deploy it.
          </>
        )}
        {drafts.map((made) => (
          <span key={made.workflowId}>
            {" "}
            So is{" "}
            <Anchor component={Link} href={`/dashboard/workflows/${made.workflowId}?version=${made.number}`} size="sm" underline="always">
              version {made.number} of {made.workflowName}
            </Anchor>
            , which it runs.
          </span>
        ))}
      </Text>
      {draft && schedules.length > 0 && (
        <Text size="sm">{count} an older version until you change that on the workflow’s page, once the draft is published.</Text>
      )}
      {versions
        .filter((made) => !made.draft)
        .map((made) => (
          <OlderSchedules key={made.workflowId} workflowId={made.workflowId} />
        ))}
    </Stack>
  );
}
