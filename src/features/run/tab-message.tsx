import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./run-page.module.css";

/** What stands in a tab that has nothing to show, with the reason. */
export function TabMessage({ children, onRetry }: { children: ReactNode; onRetry?: () => void }) {
  return (
    <div className={classes.tabMessage} role="status">
      <div>{children}</div>
      {onRetry && (
        <Button size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
