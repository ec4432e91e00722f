import type { RunDetail } from "@deskhand/shared/schemas/run";
import { Button, type ButtonProps } from "@mantine/core";
import { IconHandFinger } from "@tabler/icons-react";
import type { Hold } from "./use-hold.ts";

/** Asks for the page; says who has it while somebody else does. */
export function TakeOver({ run, hold, ...button }: ButtonProps & { run: RunDetail; hold: Hold }) {
  const other = run.held;
  return (
    <Button
      size="compact-sm"
      variant="light"
      leftSection={<IconHandFinger size={15} aria-hidden />}
      loading={hold.isTaking}
      {...button}
      disabled={run.state !== "running" || !run.runnerOnline || other !== null}
      onClick={hold.take}
    >
      {other ? `${other.userName ?? "Somebody"} has the page` : "Take over"}
    </Button>
  );
}
