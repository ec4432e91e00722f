import type { RecordAct } from "@deskhand/shared/protocol/recorded";
import { readEditedStep } from "@deskhand/shared/schemas/read-edited-step";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import { describeStep } from "@deskhand/shared/schemas/step-label";
import { ActionIcon, Button, Group, Modal, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowUp, IconPencil, IconTrash, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { Breakable } from "@/components/breakable";
import { StepIcon } from "@/components/step-icon";
import classes from "./recording-panel.module.css";
import { earlier, waysOf, wayWords, withWays } from "./step-ways.ts";

type Props = {
  id: number;
  step: Step;
  /** That it is a step of. */
  document: Recording | null;
  /** Null for who only looks on. */
  act: ((act: RecordAct) => void) | null;
};

/** A recorded step, to be read, changed or thrown away. */
export function RecordedStepRow({ id, step, document, act }: Props) {
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
        {editing && document && (
          <StepText
            step={step}
            document={document}
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

type TextProps = { step: Step; document: Recording; onSave: (text: string) => void };

function StepText({ step, document, onSave }: TextProps) {
  const [text, setText] = useState(() => JSON.stringify(step, null, 2));
  const read = readEditedStep(document, text);
  const ways = waysOf(text);
  const set = (next: readonly unknown[]) => setText(withWays(text, next));
  return (
    <>
      {ways.length > 0 && (
        <section aria-labelledby="ways-heading">
          <Text size="sm" fw={500} id="ways-heading">
            Ways to find it, tried in this order
          </Text>
          <ol className={classes.ways}>
            {ways.map((way, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a way is known by its place only, and two may be the same
              <li key={index}>
                <div className={classes.way}>
                  <code>{wayWords(way)}</code>
                  <Group gap={2} wrap="nowrap">
                    {index > 0 && (
                      <ActionIcon size="sm" aria-label={`Try way ${index + 1} earlier`} onClick={() => set(earlier(ways, index))}>
                        <IconArrowUp size={14} aria-hidden />
                      </ActionIcon>
                    )}
                    {ways.length > 1 && (
                      <ActionIcon
                        size="sm"
                        aria-label={`Remove way ${index + 1}`}
                        onClick={() => set(ways.filter((_, at) => at !== index))}
                      >
                        <IconX size={14} aria-hidden />
                      </ActionIcon>
                    )}
                  </Group>
                </div>
              </li>
            ))}
          </ol>
        </section>
      )}
      <Textarea
        label="The step as JSON"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={read.ok ? null : read.issues.join(" ")}
        autosize
        minRows={8}
        maxRows={24}
        maxLength={50_000}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem" } }}
      />
      <Button mt="md" disabled={!read.ok} onClick={() => onSave(text)}>
        Change the step
      </Button>
    </>
  );
}
