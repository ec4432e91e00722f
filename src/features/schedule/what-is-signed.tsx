import type { OlderSchedule, ScheduleRenewal } from "@deskhand/shared/schemas/older-schedules";
import { List, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { scheduleWords } from "./schedule-words.ts";
import { useRenewal } from "./use-renew.ts";

/** What this browser signs for those schedules whose runner demands it; nothing where none does. */
export function WhatIsSigned({ items }: { items: OlderSchedule[] }) {
  const signed = items.filter(({ signaturesRequired }) => signaturesRequired);
  return signed.map((item) => <Signed key={item.deploymentId} item={item} />);
}

function Signed({ item: { deploymentId, runnerName } }: { item: OlderSchedule }) {
  const renewal = useQuery(useRenewal()(deploymentId));
  return (
    <Stack gap={4} mt="md">
      <Text size="sm">{runnerName} takes only what is signed. This browser signs with its key:</Text>
      {renewal.error && <ErrorState error={renewal.error} onRetry={() => void renewal.refetch()} />}
      {renewal.data && (
        <List size="sm" style={{ overflowWrap: "anywhere" }}>
          {linesOf(renewal.data).map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}

const namedAtMost = 5;

function linesOf({ workflowName, version, profiles, inputs, schedule, paused, replacedById }: ScheduleRenewal): string[] {
  if (replacedById) return ["the end of the older one"];
  const names = profiles.slice(0, namedAtMost).map(({ name }) => name);
  const more = profiles.length - names.length;
  const values = Object.entries(inputs).map(([name, value]) => `${name}: ${typeof value === "object" ? "sealed as before" : value}`);
  return [
    `${workflowName}, version ${version}, on ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
    scheduleWords(schedule),
    ...values,
    ...(paused ? ["that it stays paused"] : []),
    "the end of the older one, once the new one is there",
  ];
}
