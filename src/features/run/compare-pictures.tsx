import type { RunDetail } from "@deskhand/shared/schemas/run";
import { stepNumber } from "@deskhand/shared/schemas/run-tree";
import { Text } from "@mantine/core";
import { offlineWords, screenshotsByStep } from "./artifact-content.ts";
import type { StepPair } from "./compare-logic.ts";
import classes from "./compare-page.module.css";
import { Screenshot } from "./screenshot.tsx";

/** What both runs saw at a step, next to each other. */
export function ComparePictures({ a, b, pair }: { a: RunDetail; b: RunDetail; pair: StepPair }) {
  return (
    <div className={classes.sides}>
      <Picture run={a} step={pair.a?.index} label="First run" />
      <Picture run={b} step={pair.b?.index} label="Second run" />
    </div>
  );
}

function Picture({ run, step, label }: { run: RunDetail; step: number | undefined; label: string }) {
  const shot = step === undefined ? undefined : screenshotsByStep(run.artifacts).get(step)?.at(-1);
  return (
    <figure className={classes.figure}>
      <div className={classes.screen}>
        {!shot ? (
          <Text size="sm" c="dimmed">
            There is no screenshot of this step.
          </Text>
        ) : run.runnerOnline ? (
          <Screenshot key={shot.id} id={shot.id} label={`${label}, step ${stepNumber(run.steps, step ?? 0)}`} runnerName={run.runnerName} />
        ) : (
          <Text size="sm" c="dimmed" p="md">
            {offlineWords(run.runnerName)}
          </Text>
        )}
      </div>
      <figcaption>
        {label}
        {step !== undefined && `, step ${stepNumber(run.steps, step)}`}
      </figcaption>
    </figure>
  );
}
