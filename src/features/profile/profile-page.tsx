"use client";

import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import { Anchor, Group, Skeleton, Stack } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { BackLink } from "@/components/back-link";
import { ErrorState } from "@/components/error-state";
import { InlineName } from "@/components/inline-name";
import { PageHeader } from "@/components/page-header";
import { useTRPC } from "@/trpc/client";
import { CodesPanel } from "./codes-panel.tsx";
import { EnginePanel } from "./engine-panel.tsx";
import { IdentityPanel } from "./identity-panel.tsx";
import { LockPanel } from "./lock-panel.tsx";
import { MovesPanel } from "./moves-panel.tsx";
import { NotesPanel } from "./notes-panel.tsx";
import { Notices } from "./notices.tsx";
import { ProfileMenu } from "./profile-menu.tsx";
import { ProfileState } from "./profile-state.tsx";
import { ProxyPanel } from "./proxy-panel.tsx";
import { SessionPanel } from "./session-panel.tsx";
import { StatePanel } from "./state-panel.tsx";
import { TransferPanel } from "./transfer-panel.tsx";

const back = <BackLink href="/dashboard/profiles">Profiles</BackLink>;

/** One profile: what it is, what it is like, and who uses it. */
export function ProfilePage({ id }: { id: string }) {
  const trpc = useTRPC();
  const profile = useQuery(trpc.profile.get.queryOptions({ id }));
  if (profile.isError && !profile.data) {
    return (
      <>
        <PageHeader above={back} title="Profile" />
        <ErrorState error={profile.error} onRetry={() => void profile.refetch()} />
      </>
    );
  }
  if (!profile.data) return <PageSkeleton />;
  return <Page profile={profile.data} />;
}

function Page({ profile }: { profile: ProfileDetail }) {
  const trpc = useTRPC();
  const rename = useMutation(trpc.profile.rename.mutationOptions());
  return (
    <>
      <PageHeader
        above={back}
        title={<InlineName value={profile.name} label="Rename profile" onSave={(name) => rename.mutateAsync({ id: profile.id, name })} />}
        description={
          <>
            On{" "}
            <Anchor component={Link} href={`/dashboard/runners/${profile.runnerId}`} inherit>
              {profile.runnerName}
            </Anchor>
            {!profile.runnerOnline && ", which is offline"}
          </>
        }
        actions={
          <Group gap="sm" wrap="nowrap">
            <ProfileState profile={profile} />
            <ProfileMenu profile={profile} onPage />
          </Group>
        }
      />
      <MovesPanel profileId={profile.id} />
      <Stack gap="lg">
        <Notices profile={profile} />
        <LockPanel profile={profile} />
        <SessionPanel profile={profile} />
        <NotesPanel key={profile.id} profile={profile} />
        <StatePanel profile={profile} />
        <IdentityPanel key={profile.revision} profile={profile} />
        <ProxyPanel profile={profile} />
        <CodesPanel profile={profile} />
        <EnginePanel profile={profile} />
        <TransferPanel profile={profile} />
      </Stack>
    </>
  );
}

function PageSkeleton() {
  return (
    <>
      <PageHeader above={back} title={<Skeleton height={24} width={180} />} description={<Skeleton height={14} width={120} mt={6} />} />
      <Skeleton height={300} radius="md" />
    </>
  );
}
