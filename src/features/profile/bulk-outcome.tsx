import type { RefusedProfile } from "@deskhand/shared/schemas/profile-bulk";
import { ActionIcon, Group, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { FailureList } from "./failure-list.tsx";
import classes from "./profile-table.module.css";
import { refusalWords } from "./refusal-words.ts";

export type Outcome = {
  /** What was done, as “3 profiles changed”. */
  words: string;
  refused: readonly RefusedProfile[];
};

/** What was done to many profiles, and to which of them it was not, each with why. */
export function BulkOutcome({ outcome: { words, refused }, onDismiss }: { outcome: Outcome; onDismiss: () => void }) {
  const place = useRef<HTMLElement>(null);
  // of a long list the foot may be in sight, where it was asked for
  useEffect(() => {
    place.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const count = refused.length.toLocaleString("en");
  return (
    <section ref={place} className={classes.progress} aria-label="Profiles to which it was not done">
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" fw={500} role="status">
          {words}. {count} {refused.length === 1 ? "was" : "were"} not:
        </Text>
        <ActionIcon aria-label="Close" onClick={onDismiss}>
          <IconX size={16} />
        </ActionIcon>
      </Group>
      <FailureList items={refused.map(({ code, ...profile }) => ({ ...profile, why: refusalWords(code) }))} />
    </section>
  );
}
