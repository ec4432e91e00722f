import { Select, TagsInput } from "@mantine/core";

type Locale = { languages: string[]; timeZone: string };
type Props = {
  languages: string[];
  /** Null when none is chosen. */
  timeZone: string | null;
  onChange: (change: { languages?: string[]; timeZone?: string | null }) => void;
  errorAt: (path: string) => string | undefined;
  /** What is taken for what is left empty; without it there is always a time zone. */
  usual?: Locale;
};

const timeZones = Intl.supportedValuesOf("timeZone");

/** In which languages a device reads, and by which clocks it goes. */
export function LocaleFields({ languages, timeZone, onChange, errorAt, usual }: Props) {
  return (
    <>
      <TagsInput
        label="Languages"
        description="The first is the language of the pages."
        placeholder={usual ? (languages.length === 0 ? `As your browser: ${usual.languages.join(", ")}` : undefined) : "de-DE"}
        value={languages}
        onChange={(chosen) => onChange({ languages: chosen })}
        error={errorAt("languages")}
      />
      <Select
        label="Time zone"
        placeholder={usual && `As your computer: ${usual.timeZone}`}
        data={timeZone === null || timeZones.includes(timeZone) ? timeZones : [timeZone, ...timeZones]}
        searchable
        clearable={usual !== undefined}
        allowDeselect={usual !== undefined}
        value={timeZone}
        onChange={(chosen) => onChange({ timeZone: chosen })}
        error={errorAt("timeZone")}
      />
    </>
  );
}
