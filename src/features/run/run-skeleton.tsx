import { Paper, Skeleton, Stack } from "@mantine/core";
import { BackLink } from "@/components/back-link";
import { PageHeader } from "@/components/page-header";
import classes from "./run-page.module.css";

/** A run's page before it is known, with the places of everything that comes. */
export function RunSkeleton() {
  return (
    <div aria-busy>
      <PageHeader
        above={<BackLink href="/dashboard/runs">Runs</BackLink>}
        title={<Skeleton height={24} width={280} my={3} />}
        description={<Skeleton height={14} width={420} maw="100%" my={12} />}
      />
      <div className={classes.layout}>
        <Paper className={classes.steps} p="md">
          <Stack gap="md">
            {["70%", "55%", "80%", "60%", "72%"].map((width) => (
              <Skeleton key={width} height={16} width={width} />
            ))}
          </Stack>
        </Paper>
        <div className={classes.stage}>
          <Skeleton style={{ aspectRatio: "16 / 9.9" }} height="auto" radius="md" />
        </div>
        <div className={classes.tabs}>
          <Skeleton height={280} radius="md" />
        </div>
      </div>
    </div>
  );
}
