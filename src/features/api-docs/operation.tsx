import { Anchor, Stack, Text, Title } from "@mantine/core";
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
        <ul className={classes.fields} aria-label={title}>
          {fields.map((field, index) => {
            const about = [field.place && `in the ${field.place}`, field.description].filter(Boolean).join(" · ");
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a name may come again inside of another object, and the list never changes
              <li key={index} data-depth={field.depth}>
                <code className={classes.name}>{field.name}</code>
                <span className={classes.type}>{field.type}</span>
                {field.required && <span className={classes.required}>required</span>}
                {about && <span className={classes.about}>{about}</span>}
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
