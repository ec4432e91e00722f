import { Button, Text } from "@mantine/core";
import { IconCircleCheckFilled, IconCircleDashed } from "@tabler/icons-react";
import Link from "next/link";
import { Panel } from "@/components/panel";
import classes from "./overview.module.css";
import type { Task } from "./overview-facts.ts";

/** The way to the first run; the next step is the one with the button. */
export function GettingStarted({ tasks }: { tasks: readonly Task[] }) {
  const next = tasks.findIndex((task) => !task.done);
  const done = tasks.filter((task) => task.done).length;
  return (
    <Panel title="Getting started" description={`${done} of ${tasks.length} done`}>
      <ol className={classes.tasks} aria-label="Getting started">
        {tasks.map((task, index) => (
          <li key={task.title} className={classes.task} data-done={task.done || undefined}>
            <span className={classes.mark} data-done={task.done || undefined}>
              {task.done ? <IconCircleCheckFilled size={20} aria-label="Done" /> : <IconCircleDashed size={20} aria-hidden />}
            </span>
            <div>
              <Text size="sm" className={classes.title}>
                {task.title}
              </Text>
              {!task.done && (
                <Text size="sm" c="dimmed">
                  {task.description}
                </Text>
              )}
            </div>
            {index === next && task.action && (
              <Button component={Link} href={task.action.href} size="sm">
                {task.action.label}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
