"use client";

import { Center, Stack, Text, Title } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { ErrorState } from "@/components/error-state";
import { useTRPC } from "@/trpc/client";
import { CurrentProjectProvider } from "@/trpc/current-project";
import { useLiveChanges } from "@/trpc/live-changes";
import { CreateProjectForm } from "./create-project-form.tsx";

/**
 * Finds the project that the dashboard shows (the one chosen last in this browser, if it is still the person's, else the first) and
 * keeps its live subscription. Somebody without a project makes one first.
 */
export function ProjectGate({ fallback, children }: { fallback: ReactNode; children: ReactNode }) {
  const trpc = useTRPC();
  const router = useRouter();
  const pathname = usePathname();
  const list = useQuery(trpc.project.list.queryOptions());
  const [chosenId, setChosenId] = useLocalStorage({ key: "deskhand-project", defaultValue: "", getInitialValueInEffect: false });
  const projects = list.data?.items ?? [];
  const project = projects.find(({ id }) => id === chosenId) ?? projects[0];
  const live = useLiveChanges(project?.id);

  if (list.isPending) return fallback;
  if (list.isError && !list.data) {
    return (
      <Center component="main" mih="100dvh" p="md">
        <Stack maw={440} w="100%">
          <Title order={1}>Your projects could not be loaded</Title>
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        </Stack>
      </Center>
    );
  }
  const choose = (projectId: string) => {
    setChosenId(projectId);
    // a page about one thing of the other project makes no sense any more
    const section = pathname.split("/").slice(0, 3).join("/");
    if (section !== pathname) router.push(section);
  };
  if (!project) {
    return (
      <Center component="main" mih="100dvh" p="md">
        <Stack maw={400} w="100%">
          <div>
            <Title order={1}>Create your first project</Title>
            <Text c="dimmed" size="sm" mt={4}>
              A project holds your runners, profiles, workflows and runs.
            </Text>
          </div>
          <CreateProjectForm onCreated={setChosenId} />
        </Stack>
      </Center>
    );
  }
  return <CurrentProjectProvider value={{ project, projects, choose, live }}>{children}</CurrentProjectProvider>;
}
