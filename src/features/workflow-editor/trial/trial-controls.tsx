import { Button, Group, Text } from "@mantine/core";
import { IconPlayerPlay, IconPlayerSkipForward, IconPlayerStop, IconRotate2 } from "@tabler/icons-react";
import { useEditor } from "@/features/workflow-editor/editor-context";
import { visitSteps } from "@/features/workflow-editor/model/document";
import classes from "./trial.module.css";
import { useTrial } from "./trial-store.ts";

/** What the draft is had to do: a step, on to its end, from the beginning, nothing more. */
export function TrialControls({ end, isMine }: { end: React.ReactNode; isMine: boolean }) {
  const { state, issues } = useEditor();
  const trial = useTrial((now) => now);
  const number = trial?.nextId ? visitSteps(state.document).findIndex(({ id }) => id === trial.nextId) + 1 : 0;
  const isBroken = issues.count > 0;
  const may = trial !== null && isMine && !trial.isRunning && !isBroken && state.document.steps.length > 0;
  return (
    <div className={classes.controls}>
      <Group gap={6}>
        <Button
          size="compact-sm"
          leftSection={<IconPlayerSkipForward size={15} aria-hidden />}
          disabled={!may}
          onClick={() => trial?.acts.next()}
        >
          Next step
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlayerPlay size={15} aria-hidden />}
          disabled={!may}
          onClick={() => trial?.acts.toEnd()}
        >
          Run on
        </Button>
        {trial?.isRunning ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlayerStop size={15} aria-hidden />}
            onClick={() => trial.acts.stop()}
          >
            Stop
          </Button>
        ) : (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconRotate2 size={15} aria-hidden />}
            disabled={!may}
            onClick={() => trial?.acts.startOver()}
          >
            Start over
          </Button>
        )}
        {end}
      </Group>
      <Text size="xs" c={trial?.note ? undefined : "dimmed"} role="status">
        {!trial
          ? "The page opens."
          : (trial.note ??
            (isBroken
              ? "There are mistakes in the draft: it goes on when they are mended."
              : trial.isRunning
                ? `Step ${number} is under way.`
                : number > 0
                  ? `Stands before step ${number}.`
                  : "All steps are done."))}
      </Text>
    </div>
  );
}
