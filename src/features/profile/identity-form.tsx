import type { checkIdentity, Identity, IdentityOs } from "@deskhand/shared/schemas/identity";
import type { ProxySetting } from "@deskhand/shared/schemas/proxy-setting";
import { Alert, Button, Group, NumberInput, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { FitToExit } from "./fit-to-exit.tsx";
import { osOptions } from "./identity-words.ts";
import { LocaleFields } from "./locale-fields.tsx";
import { PlaceFields } from "./place-fields.tsx";

type Props = {
  identity: Identity;
  onSave: (identity: Identity) => Promise<void>;
  onClose: () => void;
  isSaving: boolean;
  check: typeof checkIdentity;
  /** How the profile reaches the network. */
  way: ProxySetting;
};

/** Changes a device; what would contradict itself is said beside the field, and cannot be saved. */
export function IdentityForm({ identity, onSave, onClose, isSaving, check, way }: Props) {
  const [draft, setDraft] = useState(identity);
  const checked = check(draft);
  const issues = checked.ok ? [] : checked.issues;
  const set = (change: Partial<Identity>) => setDraft((before) => ({ ...before, ...change }));
  const errorAt = (...paths: string[]) =>
    issues.find(({ path }) => paths.some((one) => path === one || path.startsWith(`${one}.`)))?.message;
  const whole = (value: number | string) => (typeof value === "number" ? value : 0);
  const sizes = (key: "screen" | "viewport", label: string) => (
    <SimpleGrid cols={2}>
      {(["width", "height"] as const).map((side) => (
        <NumberInput
          key={side}
          label={`${label} ${side}`}
          hideControls
          value={draft[key][side]}
          onChange={(value) => set({ [key]: { ...draft[key], [side]: whole(value) } })}
          error={errorAt(`${key}.${side}`)}
        />
      ))}
    </SimpleGrid>
  );
  const shown = [
    "os",
    "platformVersion",
    "languages",
    "timeZone",
    "geolocation",
    "screen",
    "viewport",
    "deviceScaleFactor",
    "hardwareConcurrency",
    "userAgent",
  ];
  const others = issues.filter(({ path }) => !shown.some((one) => path === one || path.startsWith(`${one}.`)));
  // a system's other marks go with it
  const changeOs = (os: IdentityOs) => {
    const isPhone = os === "android";
    set({ os, isMobile: isPhone, hasTouch: isPhone, architecture: isPhone ? "arm" : "x86", model: isPhone ? draft.model || "K" : "" });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (checked.ok) void onSave(checked.identity);
      }}
      noValidate
    >
      <Stack>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select
            label="System"
            data={osOptions}
            allowDeselect={false}
            value={draft.os}
            onChange={(os) => changeOs((os as IdentityOs | null) ?? draft.os)}
            error={errorAt("os")}
          />
          <TextInput
            label="Its version"
            description="As browsers tell it: 19.0.0 is Windows 11."
            value={draft.platformVersion}
            onChange={(event) => set({ platformVersion: event.currentTarget.value })}
            error={errorAt("platformVersion")}
          />
        </SimpleGrid>
        {way.kind !== "none" && <FitToExit way={way} identity={draft} onFit={setDraft} />}
        <LocaleFields
          languages={draft.languages}
          timeZone={draft.timeZone}
          onChange={({ languages, timeZone }) => set({ ...(languages && { languages }), ...(timeZone && { timeZone }) })}
          errorAt={errorAt}
        />
        <PlaceFields value={draft.geolocation} onChange={(geolocation) => set({ geolocation })} errorAt={errorAt} />
        {sizes("screen", "Screen")}
        {sizes("viewport", "Page")}
        <SimpleGrid cols={2}>
          <NumberInput
            label="Scale"
            step={0.25}
            min={0.5}
            max={5}
            value={draft.deviceScaleFactor}
            onChange={(value) => set({ deviceScaleFactor: whole(value) })}
            error={errorAt("deviceScaleFactor")}
          />
          <NumberInput
            label="Processors"
            min={1}
            max={128}
            value={draft.hardwareConcurrency}
            onChange={(value) => set({ hardwareConcurrency: whole(value) })}
            error={errorAt("hardwareConcurrency")}
          />
        </SimpleGrid>
        <div>
          <Text size="sm" fw={500} mb={4} id="identity-colours">
            Colours
          </Text>
          <SegmentedControl
            aria-labelledby="identity-colours"
            data={[
              { value: "light", label: "Light" },
              { value: "dark", label: "Dark" },
            ]}
            value={draft.colorScheme}
            onChange={(colorScheme) => set({ colorScheme: colorScheme as Identity["colorScheme"] })}
          />
        </div>
        <TextInput
          label="User agent"
          description="Left empty it follows the version of the runner's browser, as on a real device."
          placeholder="Follows the browser"
          value={draft.userAgent ?? ""}
          onChange={(event) => set({ userAgent: event.currentTarget.value || null })}
          error={errorAt("userAgent")}
        />
        {others.length > 0 && (
          <Alert variant="light" color="red" title="This contradicts itself">
            {others.map(({ path, message }) => (
              <div key={path}>{message}</div>
            ))}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!checked.ok} loading={isSaving}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
