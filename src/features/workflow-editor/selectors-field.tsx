import { ActionIcon, Button, Group, Input, NativeSelect, Stack } from "@mantine/core";
import { IconArrowUp, IconPlus, IconX } from "@tabler/icons-react";
import { useFormFacts } from "./editor-context.ts";
import { joinSelector, readSelectors, selectorKinds, splitSelector } from "./model/selector-kinds.ts";
import classes from "./step-form.module.css";
import { TemplateInput } from "./template-input.tsx";
import { WayResult } from "./trial/step-trial.tsx";

type Props = { label: string; description?: string | undefined; path: string; value: unknown; onChange: (value: unknown) => void };

/** The ways to find an element, in the order in which they are tried. */
export function SelectorsField({ label, description, path, value, onChange }: Props) {
  const { errorOf } = useFormFacts();
  const selectors = readSelectors(value);
  const replace = (index: number, selector: unknown) => onChange(selectors.map((one, at) => (at === index ? selector : one)));
  const error = errorOf(path, true);
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div" role="group" aria-label={label}>
      <Stack gap={6} mt={6}>
        {selectors.map((selector, index) => {
          const { kind, text } = splitSelector(selector);
          const known = selectorKinds.find((one) => one.kind === kind);
          const nth = index + 1;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a way is known by its place only, and two may be the same
            <div key={index} className={classes.selector}>
              <NativeSelect
                aria-label={`${label}: way ${nth}, found by`}
                value={kind}
                onChange={(event) => replace(index, joinSelector(selector, event.currentTarget.value, text))}
                data={selectorKinds.map((one) => ({ value: one.kind, label: one.label }))}
                size="xs"
              />
              <Group gap={2} wrap="nowrap" justify="flex-end">
                {index > 0 && (
                  <ActionIcon
                    aria-label={`Try way ${nth} earlier`}
                    onClick={() => {
                      const moved = [...selectors];
                      moved.splice(index - 1, 0, ...moved.splice(index, 1));
                      onChange(moved);
                    }}
                  >
                    <IconArrowUp size={14} aria-hidden />
                  </ActionIcon>
                )}
                {selectors.length > 1 && (
                  <ActionIcon aria-label={`Remove way ${nth}`} onClick={() => onChange(selectors.filter((_, at) => at !== index))}>
                    <IconX size={14} aria-hidden />
                  </ActionIcon>
                )}
              </Group>
              <div className={classes.whole}>
                <TemplateInput
                  aria-label={`${label}: way ${nth}`}
                  placeholder={known?.placeholder ?? ""}
                  value={text}
                  onChange={(typed) => replace(index, joinSelector(selector, kind, typed))}
                  long={kind === "path"}
                  code={kind !== "aria" && kind !== "text"}
                />
                <WayResult path={path} at={index} />
              </div>
            </div>
          );
        })}
        <div>
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconPlus size={12} aria-hidden />}
            onClick={() => onChange([...selectors, "aria/"])}
          >
            Another way to find it
          </Button>
        </div>
      </Stack>
    </Input.Wrapper>
  );
}
