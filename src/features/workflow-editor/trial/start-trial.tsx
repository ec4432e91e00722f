import { Drawer, Text } from "@mantine/core";
import { DeployForm } from "@/features/deployment/deploy-form";

type Props = {
  opened: boolean;
  onClose: () => void;
  workflow: { id: string; version: number };
  onStarted: (runId: string) => void;
};

/** Where a draft is to be tried: on which runner, with which profile and inputs. */
export function StartTrial({ opened, onClose, workflow, onStarted }: Props) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title="Try the steps"
      position="right"
      size={460}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Text size="sm" c="dimmed" mb="md">
        A profile opens beside the editor and stays open. You have the draft carried out there step by step, as it stands here, saved or
        not.
      </Text>
      <DeployForm workflowId={workflow.id} version={workflow.version} propose={undefined} onTrial={onStarted} />
    </Drawer>
  );
}
