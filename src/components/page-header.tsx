import { Box, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./page-header.module.css";

type Props = {
  title: ReactNode;
  /** One sentence on what the page is for. */
  description?: ReactNode;
  /** The page's main buttons. */
  actions?: ReactNode;
  /** Above the title, for example breadcrumbs. */
  above?: ReactNode;
};

/** The top of a page: its h1, what it is for and its main actions. */
export function PageHeader({ title, description, actions, above }: Props) {
  return (
    <Box component="header" className={classes.header}>
      {above}
      <div className={classes.row}>
        <div className={classes.words}>
          <Title order={1}>{title}</Title>
          {description && (
            <Text size="sm" c="dimmed" mt={4} component="div">
              {description}
            </Text>
          )}
        </div>
        {actions && (
          <Group gap="xs" className={classes.actions}>
            {actions}
          </Group>
        )}
      </div>
    </Box>
  );
}
