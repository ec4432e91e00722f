import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Radio, Stack } from "@mantine/core";

type Props = {
  runner: Pick<RunnerView, "name"> | undefined;
  /** In a window on the runner's screen. */
  value: boolean;
  onChange: (inWindow: boolean) => void;
};

/** Where a person shows the steps: in the live view, or in a real window beside the runner. */
export function RecordPlace({ runner, value, onChange }: Props) {
  const name = runner?.name ?? "the runner";
  return (
    <Radio.Group label="Where you record" value={value ? "window" : "here"} onChange={(place) => onChange(place === "window")}>
      <Stack gap="xs" mt={6}>
        <Radio value="here" label="Here, in the dashboard" description="The page of the profile, live." />
        <Radio
          value="window"
          label={`In a window on ${name}’s screen`}
          description="For whoever sits at that computer. The steps appear here."
        />
      </Stack>
    </Radio.Group>
  );
}
