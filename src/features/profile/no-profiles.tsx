import { Button } from "@mantine/core";
import { IconSearch, IconTrash, IconUserSquareRounded } from "@tabler/icons-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { EmptyState } from "@/components/empty-state";
import { useProject } from "@/trpc/current-project";

type Props = { filtered: boolean; deleted: boolean; noRunner: boolean; createButton: ReactNode; onClear: () => void };

/** What the list shows when it has no row, and the way on. */
export function NoProfiles({ filtered, deleted, noRunner, createButton, onClear }: Props) {
  const { role } = useProject();
  if (filtered) {
    return (
      <EmptyState
        icon={<IconSearch size={26} stroke={1.5} aria-hidden />}
        title="No profile matches"
        description="Try other words, or take a filter away."
        action={
          <Button variant="default" onClick={onClear}>
            Clear the filters
          </Button>
        }
      />
    );
  }
  if (deleted) {
    return (
      <EmptyState
        icon={<IconTrash size={26} stroke={1.5} aria-hidden />}
        title="Nothing to bring back"
        description="Deleted profiles are listed here for 30 days."
      />
    );
  }
  const mayAddRunners = role !== "member";
  return (
    <EmptyState
      icon={<IconUserSquareRounded size={26} stroke={1.5} aria-hidden />}
      title="No profile yet"
      description={
        !noRunner
          ? "Create one for each identity that your workflows should use."
          : mayAddRunners
            ? "Profiles live on a runner, so add a runner first."
            : "Profiles live on a runner, and the project has none yet. An owner or admin of the project adds one."
      }
      action={
        !noRunner
          ? createButton
          : mayAddRunners && (
              <Button component={Link} href="/dashboard/runners?add">
                Add a runner
              </Button>
            )
      }
    />
  );
}
