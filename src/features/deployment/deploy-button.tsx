"use client";

import type { WorkflowView } from "@deskhand/shared/schemas/workflow";
import { Button, type ButtonProps, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerRecord, IconRocket } from "@tabler/icons-react";
import { DeployForm } from "./deploy-form.tsx";
import type { LastChoice } from "./preselect.ts";

type Props = ButtonProps & {
  workflow: Pick<WorkflowView, "id" | "name">;
  version: number;
  /** What to propose; without it the workflow's last run is taken up. */
  propose?: LastChoice;
  label?: string;
  startOpen?: boolean;
  /** The person records more steps after those of the version. */
  record?: boolean;
};

/** Opens the drawer in which a version is deployed: which runner, which profiles, which inputs. */
export function DeployButton({ workflow, version, propose, label = "Deploy", startOpen = false, record = false, ...button }: Props) {
  const [opened, { open, close }] = useDisclosure(startOpen);
  return (
    <>
      <Button
        leftSection={record ? <IconPlayerRecord size={16} aria-hidden /> : <IconRocket size={16} aria-hidden />}
        {...button}
        onClick={open}
      >
        {label}
      </Button>
      <Drawer
        opened={opened}
        onClose={close}
        title={`${record ? "Record" : "Deploy"} ${workflow.name}`}
        size={460}
        closeButtonProps={{ "aria-label": "Close" }}
        styles={{ title: { fontWeight: 600, lineHeight: 1.35, overflowWrap: "anywhere" } }}
      >
        <DeployForm workflowId={workflow.id} version={version} propose={propose} record={record} />
      </Drawer>
    </>
  );
}
