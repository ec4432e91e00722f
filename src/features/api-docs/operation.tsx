import { Anchor, Badge, Stack, Table, Text, Title } from "@mantine/core";
import { CopyIcon } from "@/components/copy-field";
import type { Field } from "./fields.ts";
import classes from "./operation.module.css";
import type { Operation } from "./reference.ts";

/** Method, path and what the call does, in one line. */
export function OperationHead({ operation }: { operation: Operation }) {
  return (
    <span className={classes.head}>
      <span className={classes.method} data-method={operation.method}>
        {operation.method}
      </span>
      <code className={classes.path}>{operation.path}</code>
      <span className={classes.summary}>{operation.summary}</span>
    </span>
  );
}

/** What the call takes and answers, and a command that makes it. */
export function OperationBody({ operation }: { operation: Operation }) {
  return (
    <Stack gap="lg" pt={4}>
      {(operation.description || operation.open) && (
        <Text size="sm" c="dimmed">
          {operation.description} {operation.open && "Needs no API key."}
        </Text>
      )}
      <div className={classes.example}>
        <pre className={classes.code}>{operation.curl}</pre>
        <span className={classes.copy}>
          <CopyIcon label="Copy the command" value={operation.curl} />
        </span>
      </div>
      <Fields title="Parameters" fields={operation.parameters} />
      <Fields title="Body" fields={operation.body} />
      <Fields
        title="Answer"
        note={operation.answer.type}
        fields={operation.answer.fields.map((field) => ({ ...field, required: false }))}
      />
      <Anchor href={`#${operation.id}`} size="xs" c="dimmed">
        Link to this call
      </Anchor>
    </Stack>
  );
}

type Listed = Field & { place?: string };

function Fields({ title, note, fields }: { title: string; note?: string; fields: Listed[] }) {
  if (fields.length === 0 && !note) return null;
  return (
    <div>
      <Title order={4} size="sm" mb={fields.length > 0 ? "xs" : 0}>
        {title}
        {note && (
          <Text component="span" size="sm" c="dimmed" fw={400}>
            {" "}
            {note}
          </Text>
        )}
      </Title>
      {fields.length > 0 && (
        <Table.ScrollContainer minWidth={460} type="native">
          <Table verticalSpacing={6} horizontalSpacing="sm" fz="xs" aria-label={title} className={classes.fields}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Type</Table.Th>
                <Table.Th>About</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {fields.map((field, index) => (
                // a name may come again inside of another object
                // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
                <Table.Tr key={index}>
                  <Table.Td data-depth={field.depth}>
                    <code className={classes.name}>{field.name}</code>
                    {field.required && (
                      <Badge size="sm" variant="default" ml={6}>
                        required
                      </Badge>
                    )}
                  </Table.Td>
                  <Table.Td>{field.type}</Table.Td>
                  <Table.Td c="dimmed">{[field.place && `in the ${field.place}`, field.description].filter(Boolean).join(" · ")}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </div>
  );
}
