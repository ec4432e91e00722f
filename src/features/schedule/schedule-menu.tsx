import type { DeploymentProgress, DeploymentSchedule } from "@deskhand/shared/schemas/deployment";
import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, IconPlayerPause, IconPlayerPlay, IconRocket } from "@tabler/icons-react";
import { isAskedToPause, standingOf } from "./standing.ts";
import { useAsk } from "./use-ask.ts";
import { useRunNow } from "./use-run-now.ts";

/** What can be done with a deployment that runs by itself and has not ended, from its row. */
export function ScheduleMenu({ deployment }: { deployment: DeploymentProgress & { schedule: DeploymentSchedule } }) {
  const { schedule, workflowName } = deployment;
  const run = useRunNow(deployment);
  const ask = useAsk(deployment);
  const isPaused = isAskedToPause(schedule);
  return (
    <Menu position="bottom-end" width={160}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${workflowName}`} loading={run.isPending || ask.isPending}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconRocket size={16} aria-hidden />} onClick={() => run.mutate()}>
          Run now
        </Menu.Item>
        {!standingOf(schedule, Date.now()).isOver && (
          <Menu.Item
            leftSection={isPaused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
            onClick={() => ask.mutate(isPaused ? "resume" : "pause")}
          >
            {isPaused ? "Resume" : "Pause"}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
