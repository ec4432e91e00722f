import type { RefusalView } from "@deskhand/shared/schemas/runner";
import { Text } from "@mantine/core";
import { CardTable } from "./card-table.tsx";
import { TimeAgo } from "./time-ago.tsx";

const kinds: Record<string, string> = {
  host: "Host",
  address: "Private address",
  scheme: "Kind of address",
  download: "Download",
  member: "Person",
  damaged: "Policy",
  widening: "Server's wish",
  signature: "Signature",
};

/** What a runner's policy refused: what, by which rule, and how often. */
export function RefusalTable({ label, refusals }: { label: string; refusals: RefusalView[] }) {
  return (
    <CardTable label={label} columns={["Refused", "Kind", "Rule", "Times", "Last"]} plain>
      {refusals.map((refusal) => (
        <CardTable.Row key={refusal.id}>
          <CardTable.Cell>
            <Text size="sm" fw={refusal.fatal ? 600 : 500} style={{ overflowWrap: "anywhere" }}>
              {refusal.subject}
            </Text>
          </CardTable.Cell>
          <CardTable.Cell label="Kind">
            <Text size="sm" c="dimmed">
              {kinds[refusal.kind] ?? refusal.kind}
            </Text>
          </CardTable.Cell>
          <CardTable.Cell label="Rule">
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {refusal.rule}
            </Text>
          </CardTable.Cell>
          <CardTable.Cell label="Times">{refusal.count}</CardTable.Cell>
          <CardTable.Cell label="Last">
            <TimeAgo at={refusal.lastAt} />
          </CardTable.Cell>
        </CardTable.Row>
      ))}
    </CardTable>
  );
}
