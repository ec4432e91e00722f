import type { RecordAct } from "@deskhand/shared/protocol/recorded";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import { describeStep } from "@deskhand/shared/schemas/step-label";
import { ActionIcon, Button, Group, Modal, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { Breakable } from "@/components/breakable";
import { StepIcon } from "@/components/step-icon";
import classes from "./recording-panel.module.css";

type Props = { id: number; step: Step /** Null for who only looks on. */; act: ((act: RecordAct) => void) | null };

/** A recorded step, to be read, changed or thrown away. */
export function RecordedStepRow({ id, step, act }: Props) {
  const [editing, edit] = useDisclosure(false);
  const { verb, target, detail } = describeStep(step);
  return (
    <li className={classes.step}>
      <StepIcon type={step.type} verb={verb} />
      <span className={classes.words}>
        <span className={classes.verb}>{verb}</span> <Breakable text={target} />
        {detail && <span className={classes.detail}> {detail}</span>}
      </span>
      {act && (
        <Group gap={2} wrap="nowrap">
          <ActionIcon size="sm" aria-label={`Edit ${verb} ${target}`} onClick={edit.open}>
            <IconPencil size={14} />
          </ActionIcon>
          <ActionIcon size="sm" aria-label={`Remove ${verb} ${target}`} onClick={() => act({ do: "remove", id })}>
            <IconTrash size={14} />
          </ActionIcon>
        </Group>
      )}
      <Modal opened={editing} onClose={edit.close} title="Edit the step" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
        {editing && (
          <StepText
            step={step}
            onSave={(text) => {
              act?.({ do: "edit", id, step: text });
              edit.close();
            }}
          />
        )}
      </Modal>
    </li>
  );
}

function StepText({ step, onSave }: { step: Step; onSave: (text: string) => void }) {
  const [text, setText] = useState(() => JSON.stringify(step, null, 2));
  const isJson = readsAsJson(text);
  const ways = selectorsOf(step);
  return (
    <>
      {ways.length > 0 && (
        <section aria-labelledby="ways-heading">
          <Text size="sm" fw={500} id="ways-heading">
            Ways to find it, tried in this order
          </Text>
          <ol className={classes.ways}>
            {ways.map((way) => (
              <li key={way}>
                <code>{way}</code>
              </li>
            ))}
          </ol>
        </section>
      )}
      <Textarea
        label="The step as JSON"
        description="The runner takes only what is a step of a workflow; with anything else it stays as it was."
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={isJson ? null : "This is not JSON."}
        autosize
        minRows={8}
        maxRows={24}
        maxLength={50_000}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem" } }}
      />
      <Button mt="md" disabled={!isJson} onClick={() => onSave(text)}>
        Change the step
      </Button>
    </>
  );
}

/** A way through shadow roots is written part by part. */
function selectorsOf(step: Step): string[] {
  const from = step.type === "customStep" ? step.parameters : step;
  const selectors = "selectors" in from ? (from.selectors ?? []) : [];
  return selectors.map((selector) => [selector].flat().join(" › "));
}

function readsAsJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
