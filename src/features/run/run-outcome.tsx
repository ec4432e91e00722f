import type { LogLine, RunDetail } from "@deskhand/shared/schemas/run";
import { failedStep, stepPlace, withInner } from "@deskhand/shared/schemas/run-tree";
import { stepFailureWords } from "@deskhand/shared/schemas/step-failure-words";
import { Alert, Anchor, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleMinus } from "@tabler/icons-react";
import Link from "next/link";
import { editAddress } from "./edit-address.ts";
import classes from "./run-page.module.css";
import { describeOutcome } from "./run-words.ts";
import { countErrors, errorCount } from "./use-run-console.ts";

type Props = {
  run: RunDetail;
  onShowStep: (index: number) => void;
  /** What its pages wrote to their console, as far as it is known here. */
  consoleLines: readonly LogLine[];
  /** Shows what they wrote at a step. */
  onShowConsole: (index: number) => void;
};

/** Why a run has no success and what to do next, naming the step; nothing for a run that goes on or succeeded. */
export function RunOutcome({ run, onShowStep, consoleLines, onShowConsole }: Props) {
  const words = describeOutcome(run);
  if (!words) return null;
  const cancelled = run.state === "cancelled";
  const step = failedStep(run);
  const errors = step ? countErrors(consoleLines, withInner(run.steps, step.index)) : 0;
  return (
    <Alert
      color={cancelled ? "gray" : "red"}
      variant="light"
      className={classes.outcome}
      data-bad={!cancelled || undefined}
      role={cancelled ? "status" : "alert"}
      icon={cancelled ? <IconCircleMinus size={18} aria-hidden /> : <IconAlertTriangle size={18} aria-hidden />}
      title={words.title}
    >
      {step && !cancelled && (
        <Text size="sm" mb={4} style={{ overflowWrap: "anywhere" }}>
          <Anchor component="button" type="button" size="sm" inherit underline="always" onClick={() => onShowStep(step.index)}>
            {stepPlace(run.steps, step.index)}
          </Anchor>
          : {step.verb} {step.target} {step.detail}
        </Text>
      )}
      <Text size="sm">{words.whatToDo}</Text>
      {step && !cancelled && errors > 0 && (
        <Text size="sm" mt={4}>
          <Anchor component="button" type="button" size="sm" inherit underline="always" onClick={() => onShowConsole(step.index)}>
            {errorCount(errors)} in the page's console at this step
          </Anchor>
        </Text>
      )}
      {step && isOfStep(run.failureCode) && (
        <Text size="sm" mt={4}>
          <Anchor component={Link} href={editAddress(run, step)} prefetch={false} inherit underline="always">
            Change this step in the editor
          </Anchor>
        </Text>
      )}
    </Alert>
  );
}

/** Did the step itself go wrong, so that another step would help, rather than what carries it out? */
function isOfStep(code: string | null): boolean {
  return code !== null && Object.hasOwn(stepFailureWords, code);
}
