"use client";

import { Button, Group } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import Link from "next/link";
import { EmptyState } from "@/components/empty-state";

export default function DashboardError({ reset }: { error: Error; reset: () => void }) {
  return (
    <EmptyState
      icon={<IconAlertTriangle size={26} stroke={1.5} aria-hidden />}
      title="Something went wrong on this page"
      description="Nothing was lost. Try again; if it happens again, tell whoever runs this installation."
      action={
        <Group gap="xs">
          <Button onClick={reset}>Try again</Button>
          <Button component={Link} href="/dashboard" variant="default">
            Overview
          </Button>
        </Group>
      }
    />
  );
}
