import { usualPersonRule } from "@deskhand/shared/schemas/recording-person";
import { NativeSelect, NumberInput, SimpleGrid } from "@mantine/core";
import { Panel } from "@/components/panel";
import { choiceWords } from "./field-words.ts";
import { isRecord } from "./model/document.ts";

type Header = Readonly<Record<string, unknown>>;
type Props = { header: Header; onChange: (header: Header) => void };

const minuteMs = 60_000;
const usual = `${usualPersonRule.timeoutMs / minuteMs}`;

/** How long runs of the workflow wait for a person, and what comes then. */
export function PersonPanel({ header, onChange }: Props) {
  const person = isRecord(header.person) ? header.person : {};
  const set = (field: string, value: unknown) => {
    const { [field]: _, ...others } = person;
    const { person: __, ...rest } = header;
    const next = value === undefined ? others : { ...others, [field]: value };
    onChange(Object.keys(next).length > 0 ? { ...rest, person: next } : rest);
  };
  return (
    <Panel
      title="When a person is needed"
      description="At a CAPTCHA, at a code that a site sends, and at human steps that do not say it themselves."
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <NumberInput
          label="Wait at most (minutes)"
          placeholder={usual}
          value={typeof person.timeoutMs === "number" ? person.timeoutMs / minuteMs : ""}
          onChange={(given) => set("timeoutMs", typeof given === "number" ? Math.round(given * minuteMs) : undefined)}
          min={1 / 60}
          max={7 * 24 * 60}
          decimalScale={2}
          clampBehavior="blur"
        />
        <NativeSelect
          label="When nobody comes"
          value={String(person.onTimeout ?? "")}
          onChange={({ currentTarget: { value } }) => set("onTimeout", value === "" ? undefined : value)}
          data={[
            { value: "", label: "As usual: the run fails" },
            { value: "fail", label: choiceWords("fail") },
            { value: "continue", label: choiceWords("continue") },
          ]}
        />
      </SimpleGrid>
    </Panel>
  );
}
