import { NativeSelect } from "@mantine/core";
import { Panel } from "@/components/panel";

type Header = Readonly<Record<string, unknown>>;
type Props = { header: Header; onChange: (header: Header) => void };

/** Whether runs of the workflow keep a video. */
export function VideoPanel({ header, onChange }: Props) {
  const { video, ...rest } = header;
  return (
    <Panel
      title="Video"
      description="What the page shows during a run, also between its steps. Recording it costs processor time on the runner."
    >
      <NativeSelect
        label="Keep a video"
        value={String(video ?? "off")}
        onChange={({ currentTarget: { value } }) => onChange(value === "off" ? rest : { ...rest, video: value })}
        data={[
          { value: "off", label: "Of no run" },
          { value: "failed", label: "Of runs that fail" },
          { value: "always", label: "Of every run" },
        ]}
      />
    </Panel>
  );
}
