import { Anchor, Autocomplete } from "@mantine/core";
import { useFormFacts } from "./editor-context.ts";

type Props = {
  label: string;
  description?: string | undefined;
  error?: string | undefined;
  value: string;
  onChange: (value: string) => void;
};

/** The name of a variable; one that there is not yet is declared with a press. */
export function VariableField({ value, ...rest }: Props) {
  const { variables, declare } = useFormFacts();
  return (
    <div>
      <Autocomplete {...rest} placeholder="A variable" value={value} data={[...variables]} />
      {value !== "" && !variables.includes(value) && (
        <Anchor component="button" type="button" size="xs" mt={4} onClick={() => declare(value)}>
          Add the variable “{value}”
        </Anchor>
      )}
    </div>
  );
}
