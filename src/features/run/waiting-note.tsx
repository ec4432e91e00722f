import { isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { Alert, Text } from "@mantine/core";
import { IconUserExclamation } from "@tabler/icons-react";
import { timeWords } from "@/components/policy-words";
import classes from "./run-page.module.css";
import { TakeOver } from "./take-over.tsx";
import type { Hold } from "./use-hold.ts";

const titles = {
  step: "The run waits for you",
  captcha: "The page asks whether this is a person",
  code: "The page asks for a code",
  record: "Ready to record",
  trial: "Ready to try a draft",
} as const;
const whatToDo = {
  step: "Take the page over, do what is asked, and give it back: then the run goes on.",
  captcha: "Take the page over, answer what it asks, and give it back: then the step is tried again.",
  code: "Take the page over, enter the code that you got, and give it back: then the step is tried again.",
  record: "Take the page over: what you do on it becomes steps, until you finish.",
  trial: "It is used from the editor of its workflow, and ends by itself when nobody goes on with it.",
} as const;

/** Is the person who looks at the run asked for by it? Then the button that they need stands beside the words. */
export function asksToTakeOver({ state, waiting, held }: Pick<RunDetail, "state" | "waiting" | "held">): boolean {
  if (!waiting || isFinal(state) || waiting.reason === "trial") return false;
  return waiting.reason !== "record" || held === null;
}

/** Calls the person who looks at a run that needs one. */
export function WaitingNote({ run, hold }: { run: RunDetail; hold: Hold }) {
  const { waiting } = run;
  if (!waiting || isFinal(run.state) || ((waiting.reason === "record" || waiting.reason === "trial") && run.held)) return null;
  const step = run.steps.find(({ index }) => index === waiting.step);
  return (
    <Alert
      color="yellow"
      variant="light"
      className={classes.outcome}
      role="alert"
      icon={<IconUserExclamation size={18} aria-hidden />}
      title={titles[waiting.reason]}
      styles={{ title: { color: "var(--deskhand-wait)" } }}
    >
      {waiting.reason === "step" && step && (
        <Text size="sm" fw={500} mb={4} style={{ overflowWrap: "anywhere" }}>
          {[step.target, step.detail].filter(Boolean).join(" ")}
        </Text>
      )}
      <Text size="sm">
        {whatToDo[waiting.reason]} It waits until {timeWords(waiting.until)}.
      </Text>
      {asksToTakeOver(run) && !hold.isMine && <TakeOver run={run} hold={hold} size="sm" variant="filled" mt="sm" />}
    </Alert>
  );
}
