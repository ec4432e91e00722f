import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import type { ProfileEngine } from "@deskhand/shared/schemas/profile-settings";
import { needsConversion, whatStaysBehind } from "@deskhand/shared/schemas/what-stays-behind";
import { Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { ConfirmModal } from "@/components/confirm-button";
import { Panel } from "@/components/panel";
import { useConfigure } from "./use-configure.ts";
import { useOrder } from "./use-order.ts";
import { WhatStays } from "./what-stays.tsx";

const engines: { value: ProfileEngine; label: string; description: string }[] = [
  {
    value: "shared",
    label: "Shared",
    description: "A context in a warm browser: starts at once and takes little memory. For most profiles.",
  },
  {
    value: "dedicated",
    label: "Dedicated",
    description: "A browser process with a folder of its own: keeps service workers, caches and extensions, and opens in a real window.",
  },
];

/** How the profile's browser is held. A move says what does not come along. */
export function EnginePanel({ profile }: { profile: ProfileDetail }) {
  const configure = useConfigure(profile);
  const order = useOrder(profile);
  const [wanted, setWanted] = useState<ProfileEngine | null>(null);
  const { engine } = profile.settings;
  // a session is only kept open, and makes way for the move
  const isUsed = profile.holder !== null && profile.holder.kind !== "session";
  const move = async (to: ProfileEngine) => {
    // what was saved is brought over first: a profile must not begin in the new engine without it
    if (profile.stateSavedAt !== null || needsConversion(engine, to)) await order.mutateAsync({ kind: "convert", to });
    await configure.mutateAsync({ engine: to });
  };
  return (
    <Panel title="Engine" description="A change takes effect with the next start of the profile.">
      {isUsed && (
        <Text size="sm" mb="sm">
          It is in use. When it is free again it can be moved.
        </Text>
      )}
      <Radio.Group aria-label="Engine" value={engine} onChange={(chosen) => setWanted(chosen as ProfileEngine)}>
        <Stack gap="sm">
          {engines.map(({ value, label, description }) => (
            <Radio
              key={value}
              value={value}
              disabled={configure.isPending || order.isPending || isUsed}
              label={label}
              description={
                <Text size="xs" c="dimmed" component="span">
                  {description}
                </Text>
              }
            />
          ))}
        </Stack>
      </Radio.Group>
      <ConfirmModal
        opened={wanted !== null}
        onClose={() => setWanted(null)}
        title={`Move ${profile.name} to the ${wanted ?? ""} engine?`}
        confirmLabel="Move it"
        harmless
        message={wanted && <WhatStays kinds={whatStaysBehind(engine, wanted, profile.stateFlags)} />}
        onConfirm={async () => wanted && (await move(wanted))}
      />
    </Panel>
  );
}
