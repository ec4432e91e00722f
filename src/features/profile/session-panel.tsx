import { statesResult } from "@deskhand/shared/protocol/tasks";
import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import type { ProfileOrder } from "@deskhand/shared/schemas/profile-order";
import { Button, Group, Stack, Text } from "@mantine/core";
import { IconAppWindow, IconHistory, IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { useState } from "react";
import type * as z from "zod";
import { CardTable } from "@/components/card-table";
import { ConfirmButton } from "@/components/confirm-button";
import { notifyDone } from "@/components/notify";
import { Panel } from "@/components/panel";
import { TimeAgo } from "@/components/time-ago";
import { heldWords } from "./profile-words.ts";
import { useOrder } from "./use-order.ts";

type States = z.output<typeof statesResult>["states"];

/** Opens the profile by hand on its runner's computer, and goes back to what was saved before. */
export function SessionPanel({ profile }: { profile: ProfileDetail }) {
  const order = useOrder(profile);
  const [states, setStates] = useState<States | null>(null);
  const hasWindow = profile.holder?.kind === "window";
  const isOpen = hasWindow || profile.holder?.kind === "session";
  const sleeps = profile.state === "hibernating";
  const cannot = (profile.holder !== null && !isOpen) || !profile.runnerOnline || order.isPending;
  const asked = order.isPending ? askedFor(order.variables) : null;
  return (
    <Panel
      title="Open by hand"
      description={`A window on ${profile.runnerName}’s screen, to sign in or to look; or without one, kept ready for what comes. What is done there is saved.`}
    >
      <Stack gap="md">
        {profile.holder?.kind === "session" && (
          <Text size="sm">
            {heldWords("session", profile.heldBy)} keeps it ready since <TimeAgo at={profile.holder.since} />.
          </Text>
        )}
        {sleeps && (
          <Text size="sm">
            It hibernates{profile.hibernatingSince && <> since {<TimeAgo at={profile.hibernatingSince} />}</>}: saved, and out of memory
            until it is used. It opens where it was, signed in as it was.
          </Text>
        )}
        <Group gap="xs">
          {!hasWindow && (
            <Button
              variant="default"
              leftSection={<IconAppWindow size={16} aria-hidden />}
              loading={asked === "window"}
              disabled={cannot}
              onClick={() => order.mutate({ kind: "open", window: true }, { onSuccess: () => notifyDone(`${profile.name} is open.`) })}
            >
              Open window
            </Button>
          )}
          {!isOpen && (
            <Button
              variant="default"
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              loading={asked === "session"}
              disabled={cannot}
              onClick={() => order.mutate({ kind: "open", window: false }, { onSuccess: () => notifyDone(`${profile.name} is awake.`) })}
            >
              {sleeps ? "Wake" : "Start without a window"}
            </Button>
          )}
          {(isOpen || sleeps) && (
            <Button
              variant="default"
              leftSection={<IconPlayerStop size={16} aria-hidden />}
              loading={asked === "close"}
              disabled={!profile.runnerOnline}
              onClick={() => order.mutate({ kind: "close" }, { onSuccess: () => notifyDone(`${profile.name} is saved and closed.`) })}
            >
              Close it
            </Button>
          )}
          <Button
            variant="subtle"
            leftSection={<IconHistory size={16} aria-hidden />}
            loading={asked === "states"}
            disabled={!profile.runnerOnline}
            onClick={() =>
              order.mutate({ kind: "states" }, { onSuccess: (result) => setStates(statesResult.safeParse(result).data?.states ?? []) })
            }
          >
            Saved states
          </Button>
        </Group>
        {states?.length === 0 && (
          <Text size="sm" c="dimmed">
            Nothing was saved yet.
          </Text>
        )}
        {states && states.length > 0 && (
          <StateTable
            states={states}
            disabled={profile.holder !== null}
            onRestore={async (version) => {
              await order.mutateAsync({ kind: "restore-state", version });
              setStates(null);
              notifyDone("It is as it was then. What was saved last is kept as well.");
            }}
          />
        )}
      </Stack>
    </Panel>
  );
}

/** What the button says that was pressed. */
function askedFor(order: ProfileOrder): "window" | "session" | ProfileOrder["kind"] {
  if (order.kind !== "open") return order.kind;
  return order.window ? "window" : "session";
}

type TableProps = { states: States; disabled: boolean; onRestore: (version: number) => Promise<void> };

function StateTable({ states, disabled, onRestore }: TableProps) {
  return (
    <CardTable label="Saved states" columns={["Saved", "Cookies", "Sites with storage", "Size", ""]} plain>
      {states.map(({ version, savedAt, bytes, cookies, origins }, index) => (
        <CardTable.Row key={version}>
          <CardTable.Cell>{savedAt === null ? "Not known" : <TimeAgo at={new Date(savedAt).toISOString()} />}</CardTable.Cell>
          <CardTable.Cell label="Cookies">{cookies}</CardTable.Cell>
          <CardTable.Cell label="Sites with storage">{origins}</CardTable.Cell>
          <CardTable.Cell label="Size">{bytesWords(bytes)}</CardTable.Cell>
          <CardTable.Cell align="right">
            {index === 0 ? (
              <Text size="xs" c="dimmed">
                In use
              </Text>
            ) : (
              <ConfirmButton
                size="compact-xs"
                disabled={disabled}
                title="Go back to this state?"
                confirmLabel="Go back"
                harmless
                message="Its cookies and storage become what they were then. The state that is in use now stays in the list."
                onConfirm={() => onRestore(version)}
              >
                Go back
              </ConfirmButton>
            )}
          </CardTable.Cell>
        </CardTable.Row>
      ))}
    </CardTable>
  );
}
