"use client";

import { Stack } from "@mantine/core";
import { PageHeader } from "@/components/page-header";
import { AccountPanel } from "@/features/account/account-panel";
import { DevicesPanel } from "@/features/account/devices-panel";
import { ProjectPanel } from "@/features/project/project-panel";
import { SigningKeysPanel } from "@/features/signing-key/signing-keys-panel";
import { useProject } from "@/trpc/current-project";

/** Settings of the project and of the person, one under the other. */
export function Settings() {
  const { id } = useProject();
  return (
    <>
      <PageHeader title="Settings" description="This project, your account and the devices you are signed in on." />
      <Stack gap="lg" maw={720}>
        <ProjectPanel key={id} />
        <SigningKeysPanel />
        <AccountPanel />
        <div id="devices">
          <DevicesPanel />
        </div>
      </Stack>
    </>
  );
}
