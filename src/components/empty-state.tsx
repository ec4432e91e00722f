import { EmptyState as MantineEmptyState, Paper } from "@mantine/core";
import type { ReactNode } from "react";

type Props = {
  icon?: ReactNode;
  title: string;
  /** Says the next step. */
  description: ReactNode;
  /** The button that takes the next step. */
  action?: ReactNode;
  /** Without a border of its own, for use inside a panel. */
  plain?: boolean;
};

/** What a page shows when there is nothing yet: the next step in words, and its button. */
export function EmptyState({ icon, title, description, action, plain }: Props) {
  return (
    <Paper withBorder={!plain} bg={plain ? "transparent" : undefined} px="md" py={48}>
      <MantineEmptyState icon={icon} title={title} description={description} withIndicatorBackground maw={440} mx="auto">
        {action && <MantineEmptyState.Actions mt="sm">{action}</MantineEmptyState.Actions>}
      </MantineEmptyState>
    </Paper>
  );
}
