import { Group, Paper, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import classes from "./panel.module.css";

type Props = {
  title?: string;
  description?: ReactNode;
  actions?: ReactNode;
  /** Content that brings its own spacing to the border, such as a table. */
  flush?: boolean;
  children: ReactNode;
};

/** A bordered part of a page, named by its heading. */
export function Panel({ title, description, actions, flush, children }: Props) {
  const headingId = useId();
  return (
    <Paper component="section" aria-labelledby={title ? headingId : undefined} className={classes.panel}>
      {title && (
        <Group justify="space-between" align="flex-start" gap="sm" className={classes.head} wrap="nowrap">
          <div>
            <Title order={2} id={headingId}>
              {title}
            </Title>
            {description && (
              <Text size="sm" c="dimmed" mt={2} component="div">
                {description}
              </Text>
            )}
          </div>
          {actions && <div className={classes.actions}>{actions}</div>}
        </Group>
      )}
      <div className={flush ? undefined : classes.body}>{children}</div>
    </Paper>
  );
}
