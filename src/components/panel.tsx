import { Paper, Text, Title } from "@mantine/core";
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
        <div className={classes.head}>
          <Title order={2} id={headingId}>
            {title}
          </Title>
          {description && (
            <Text size="sm" c="dimmed" component="div" className={classes.description}>
              {description}
            </Text>
          )}
          {actions && <div className={classes.actions}>{actions}</div>}
        </div>
      )}
      <div className={flush ? undefined : classes.body}>{children}</div>
    </Paper>
  );
}
