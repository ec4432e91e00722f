import { type InputProperty, recordingInputsSchema } from "@deskhand/shared/schemas/recording-inputs";
import { Badge, Code, Group, Text } from "@mantine/core";
import { CardTable } from "@/components/card-table";
import { Panel } from "@/components/panel";

/** What a workflow asks for when it is deployed; nothing when it asks for nothing. */
export function InputsTable({ schema }: { schema: Record<string, unknown> | null }) {
  const parsed = recordingInputsSchema.safeParse(schema);
  const inputs = parsed.success ? Object.entries(parsed.data.properties) : [];
  if (!parsed.success || inputs.length === 0) return null;
  return (
    <Panel title="Inputs" description="Asked for when the workflow is deployed." flush>
      <CardTable label="Inputs" columns={["Input", "Type", "Default"]} plain>
        {inputs.map(([name, property]) => (
          <CardTable.Row key={name}>
            <CardTable.Cell>
              <div>
                <Group gap={6}>
                  <Text size="sm" fw={500}>
                    {property.title ?? name}
                  </Text>
                  {parsed.data.required?.includes(name) && (
                    <Badge size="xs" variant="default">
                      Required
                    </Badge>
                  )}
                </Group>
                {property.description && (
                  <Text size="xs" c="dimmed">
                    {property.description}
                  </Text>
                )}
              </div>
            </CardTable.Cell>
            <CardTable.Cell label="Type">
              <Text size="sm">{typeWords(property)}</Text>
            </CardTable.Cell>
            <CardTable.Cell label="Default">
              {property.default === undefined ? (
                <Text size="sm" c="dimmed">
                  None
                </Text>
              ) : (
                <Code>{String(property.default)}</Code>
              )}
            </CardTable.Cell>
          </CardTable.Row>
        ))}
      </CardTable>
    </Panel>
  );
}

function typeWords(property: InputProperty): string {
  if (property.writeOnly) return "Secret, sealed to the runner";
  if (property.enum) return `One of ${property.enum.join(", ")}`;
  return { string: "Text", number: "Number", integer: "Whole number", boolean: "Yes or no" }[property.type];
}
