import { describeRunFailure, isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { ActionIcon, Group, Progress, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { countWords } from "@/components/count-words";
import { FailureList } from "./failure-list.tsx";
import classes from "./profile-table.module.css";
import type { OrderProgress as Facts } from "./use-order-many.ts";

/** How far starting or stopping many has come, and which could not be, each with why. */
export function OrderProgress({ progress, onDismiss }: { progress: Facts; onDismiss: () => void }) {
  const { total, done, failed, over } = progress;
  const seen = done + failed.length;
  const label = sentence(progress);
  return (
    <section className={classes.progress} aria-label={progress.order === "open" ? "Starting profiles" : "Stopping profiles"}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" fw={500} role="status">
          {label}
        </Text>
        <ActionIcon aria-label={over ? "Close" : "Do not show this"} onClick={onDismiss}>
          <IconX size={16} />
        </ActionIcon>
      </Group>
      {!over && <Progress value={total === 0 ? 0 : (100 * seen) / total} aria-label={label} size="sm" transitionDuration={200} />}
      <FailureList items={failed.map(({ code, ...profile }) => ({ ...profile, why: reasonOf(code) }))} />
    </section>
  );
}

function sentence({ order, total, done, hibernating, failed, over }: Facts): string {
  const opens = order === "open";
  if (!over) return `${opens ? "Starting" : "Stopping"} ${(done + failed.length).toLocaleString("en")} of ${countWords(total, "profile")}`;
  const what = `${countWords(done, "profile")} ${opens ? "started" : "stopped"}`;
  const asleep =
    hibernating > 0 ? `, ${hibernating.toLocaleString("en")} of them hibernating until they are used: there is no memory for all` : "";
  const not = failed.length > 0 ? `. ${failed.length.toLocaleString("en")} could not be ${opens ? "started" : "stopped"}:` : ".";
  return `${what}${asleep}${not}`;
}

function reasonOf(code: string): string {
  if (code === "RUNNER_NOT_ACCEPTED") return "its runner is not connected to the project any more.";
  const { title, whatToDo } = describeRunFailure(isRunFailureCode(code) ? code : "INTERNAL");
  return `${title} ${whatToDo}`;
}
