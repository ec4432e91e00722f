import { describeLeftBehind, type LeftBehind } from "@deskhand/shared/schemas/what-stays-behind";
import { List, Text } from "@mantine/core";

/** What does not come along to another engine; for the dialog before. */
export function WhatStays({ kinds, intro = "This stays behind:" }: { kinds: readonly LeftBehind[]; intro?: string }) {
  const along = "Cookies, storage and databases come along.";
  if (kinds.length === 0) return <Text size="sm">{along} Nothing that is known of stays behind.</Text>;
  return (
    <>
      <Text size="sm">
        {along} {intro}
      </Text>
      <List size="sm" mt="xs">
        {kinds.map((kind) => (
          <List.Item key={kind}>{describeLeftBehind(kind)}</List.Item>
        ))}
      </List>
    </>
  );
}
