import { nextTimes, type Times } from "@deskhand/shared/schedule/times";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import { List, Text } from "@mantine/core";
import { scheduleWords, timeWords } from "./schedule-words.ts";

/** What a schedule says, and its next five times by its own clock; without `times` none comes. */
export function NextTimes({ schedule, times }: { schedule: Schedule; times: Times | undefined }) {
  const { when } = schedule;
  const zone = when.kind === "cron" ? when.timeZone : undefined;
  const next = times ? nextTimes(times, Date.now(), 5) : [];
  return (
    <div aria-live="polite">
      <Text size="sm">{scheduleWords(schedule)}</Text>
      {when.kind !== "once" && next.length > 0 && (
        <List size="xs" c="dimmed" mt={4} listStyleType="none" aria-label="Next times">
          {next.map((at) => (
            <List.Item key={at}>{timeWords(at, zone)}</List.Item>
          ))}
        </List>
      )}
    </div>
  );
}
