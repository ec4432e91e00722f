import { Skeleton, Stack } from "@mantine/core";

/** The page's panels before their answers are there. */
export function AlertsSkeleton() {
  return (
    <Stack gap="lg" aria-busy="true">
      <Skeleton height={220} radius="md" />
      <Skeleton height={220} radius="md" />
      <Skeleton height={200} radius="md" />
    </Stack>
  );
}
