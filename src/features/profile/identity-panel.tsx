import { checkIdentity, type Identity, type IdentityOs } from "@deskhand/shared/schemas/identity";
import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import { Button, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { ConfirmButton } from "@/components/confirm-button";
import { Facts } from "@/components/facts";
import { notifyDone, notifyError } from "@/components/notify";
import { Panel } from "@/components/panel";
import { useTRPCClient } from "@/trpc/client";
import { IdentityForm } from "./identity-form.tsx";
import { osOptions, osWords } from "./identity-words.ts";
import { ownDevice } from "./own-device.ts";
import { useConfigure } from "./use-configure.ts";

/** The device that the profile shows itself as. */
export function IdentityPanel({ profile }: { profile: ProfileDetail }) {
  const client = useTRPCClient();
  const configure = useConfigure(profile);
  const [editing, { open, close }] = useDisclosure(false);
  const { identity } = profile.settings;
  const make = useMutation({
    mutationFn: async (os: IdentityOs | undefined) => {
      const kept = identity ? { languages: identity.languages, timeZone: identity.timeZone } : ownDevice();
      const made = await client.profile.suggestIdentity.mutate({ runnerId: profile.runnerId, device: { ...kept, ...(os && { os }) } });
      await configure.mutateAsync({ identity: made });
    },
    onSuccess: () => notifyDone("The profile has a new device."),
    onError: notifyError,
  });
  const save = async (changed: Identity) => {
    await configure.mutateAsync({ identity: changed });
    close();
  };
  return (
    <Panel
      title="Identity"
      description="The device that sites see: the same at every start, and consistent in pages, frames, workers and headers."
      actions={
        <Menu position="bottom-end" width={190}>
          <Menu.Target>
            <Button variant="default" size="xs" loading={make.isPending} rightSection={<IconChevronDown size={14} aria-hidden />}>
              {identity ? "Another device" : "Make a device"}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => make.mutate(undefined)}>As the runner's computer</Menu.Item>
            {osOptions.map(({ value, label }) => (
              <Menu.Item key={value} onClick={() => make.mutate(value)}>
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      }
    >
      {identity ? (
        <Stack gap="md">
          <Facts divided items={factsOf(identity)} />
          <Group gap="xs">
            <Button variant="default" size="xs" onClick={open}>
              Edit
            </Button>
            <ConfirmButton
              size="xs"
              title="Show the runner's own browser?"
              confirmLabel="Remove the device"
              message="Sites then see the browser and computer of the runner as they are. One that knows this profile by its device may ask to sign in again."
              onConfirm={() => configure.mutateAsync({ identity: null })}
            >
              Remove the device
            </ConfirmButton>
          </Group>
        </Stack>
      ) : (
        <Text size="sm" c="dimmed">
          Sites see the browser and computer of the runner as they are.
        </Text>
      )}
      {identity && (
        <Modal opened={editing} onClose={close} title="Edit the device" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
          <IdentityForm
            identity={identity}
            onSave={save}
            onClose={close}
            isSaving={configure.isPending}
            check={checkIdentity}
            way={profile.settings.proxy}
          />
        </Modal>
      )}
    </Panel>
  );
}

function factsOf(identity: Identity) {
  const { screen, viewport, deviceScaleFactor, geolocation, userAgent } = identity;
  return [
    { label: "System", value: [osWords[identity.os], identity.platformVersion, identity.model].filter(Boolean).join(" ") },
    { label: "Languages", value: identity.languages.join(", ") },
    { label: "Time zone", value: identity.timeZone },
    { label: "Screen", value: `${screen.width} × ${screen.height}, scale ${deviceScaleFactor}` },
    { label: "Page", value: `${viewport.width} × ${viewport.height}` },
    { label: "Processors", value: String(identity.hardwareConcurrency) },
    { label: "Colours", value: identity.colorScheme === "dark" ? "Dark" : "Light" },
    { label: "Place", value: geolocation ? `${geolocation.latitude}, ${geolocation.longitude}` : "Not told" },
    { label: "User agent", value: userAgent ?? "Chrome, of the version that the runner has" },
  ];
}
