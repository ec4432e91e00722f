import { Combobox, Text, Textarea, TextInput, useCombobox } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useFormFacts } from "./editor-context.ts";
import { completeTemplate, openTemplate } from "./model/scope-names.ts";
import classes from "./step-form.module.css";

type Props = {
  label?: string | undefined;
  "aria-label"?: string;
  description?: string | undefined;
  placeholder?: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  required?: boolean;
  /** several lines */
  long?: boolean;
  /** a fixed-width font, for code */
  code?: boolean;
};

/** A text field that offers the values in scope once `{{` is typed. */
export function TemplateInput({ value, onChange, long, code, ...rest }: Props) {
  const { names } = useFormFacts();
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(0);
  const place = useRef<number | null>(null);
  const open = openTemplate(value, caret);
  const offered = open ? names.filter(({ name }) => name.toLowerCase().startsWith(open.typed.toLowerCase())).slice(0, 30) : [];

  // the browser puts the caret behind a text that was set; it belongs behind what was completed
  useEffect(() => {
    if (place.current === null) return;
    field.current?.setSelectionRange(place.current, place.current);
    place.current = null;
  });

  const look = (text: string, at: number) => {
    setCaret(at);
    if (openTemplate(text, at)) combobox.openDropdown();
    else combobox.closeDropdown();
    combobox.updateSelectedOptionIndex();
  };
  const choose = (name: string) => {
    const completed = completeTemplate(value, caret, name);
    place.current = completed.caret;
    setCaret(completed.caret);
    onChange(completed.text);
    combobox.closeDropdown();
  };
  const events = {
    value,
    ref: field,
    autoComplete: "off",
    spellCheck: false,
    onChange: (event: { currentTarget: { value: string; selectionStart: number | null } }) => {
      onChange(event.currentTarget.value);
      look(event.currentTarget.value, event.currentTarget.selectionStart ?? event.currentTarget.value.length);
    },
    onBlur: () => combobox.closeDropdown(),
  };

  return (
    <Combobox store={combobox} onOptionSubmit={choose} position="bottom-start" shadow="md">
      <Combobox.Target withAriaAttributes={offered.length > 0} withKeyboardNavigation={offered.length > 0} autoComplete="off">
        {long ? (
          <Textarea {...rest} {...events} autosize minRows={2} maxRows={14} classNames={code ? { input: classes.code ?? "" } : {}} />
        ) : (
          <TextInput {...rest} {...events} classNames={code ? { input: classes.code ?? "" } : {}} />
        )}
      </Combobox.Target>
      <Combobox.Dropdown hidden={offered.length === 0}>
        <Combobox.Options className={classes.names} aria-label="Values">
          {offered.map(({ name, detail }) => (
            <Combobox.Option key={name} value={name}>
              <Text size="sm" ff="monospace" component="span">
                {name}
              </Text>{" "}
              <Text size="xs" c="dimmed" component="span">
                {detail}
              </Text>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
