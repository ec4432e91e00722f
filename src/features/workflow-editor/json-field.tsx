import { useState } from "react";
import { TemplateInput } from "./template-input.tsx";

type Props = {
  label?: string;
  "aria-label"?: string;
  description?: string | undefined;
  error?: string | undefined;
  value: unknown;
  onChange: (value: unknown) => void;
};

/** A text, or JSON: what can be read as a list, an object, a number or true or false is that, anything else stays a text. */
export function JsonField({ value, onChange, ...rest }: Props) {
  const [typed, setTyped] = useState({ text: show(value), value });
  // what was changed elsewhere, for example by an undo, counts; what was typed here keeps its spaces and line ends
  const text = typed.value === value ? typed.text : show(value);
  const take = (next: string) => {
    const read = readText(next);
    setTyped({ text: next, value: read });
    onChange(read);
  };
  return <TemplateInput {...rest} value={text} onChange={take} long code={typeof value === "object"} />;
}

function show(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function readText(text: string): unknown {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === "string" || data === null ? text : data;
  } catch {
    return text;
  }
}
