"use client";

import { Alert, Anchor, Skeleton } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { IconHistory } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { BackLink } from "@/components/back-link";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { PageHeader } from "@/components/page-header";
import { baseOf, useAddVersion } from "@/features/workflow/use-add-version";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { Editor } from "./editor.tsx";
import { countTests, TestFirst } from "./test-first.tsx";

type Answer = "test" | "save" | null;

type Edited = {
  workflowId: string;
  /** A draft that is gone on with. */
  number?: number | undefined;
  /** What is chosen at first: a step, counted from 1, of a version. In another version that number may be another step. */
  step?: { number: number; of: number } | undefined;
};

/** The editor with the latest version of a workflow in it. What is saved becomes the next one. */
export function WorkflowEditor({ workflowId, number, step }: Edited) {
  const trpc = useTRPC();
  const router = useRouter();
  const workflow = useQuery(trpc.workflow.get.queryOptions({ id: workflowId }));
  const { add, question } = useAddVersion(workflowId);
  const latest = workflow.data?.latestVersion;
  // what is edited stays what it was when the page was opened, whoever saves another version meanwhile
  const [own, setOwn] = useState<number | null>(null);
  if (own === null && latest !== undefined) setOwn(latest);
  // what was saved from here, which the next save comes after
  const [base, setBase] = useState<string | null>(null);
  const [first, setFirst] = useState<number | null>(null);
  if (first === null && latest !== undefined) setFirst(number ?? latest);
  // who is asked whether the tests run first answers the save that waits for it
  const [asked, setAsked] = useState<{ tests: number; answer: (given: Answer) => void } | null>(null);
  const ask = (tests: number) =>
    tests === 0 ? Promise.resolve<Answer>("save") : new Promise<Answer>((answer) => setAsked({ tests, answer }));
  const version = useQuery(
    trpc.workflow.version.queryOptions(
      { id: workflowId, number: first ?? 1 },
      { enabled: first !== null, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  const address = `/dashboard/workflows/${workflowId}`;
  const name = workflow.data?.name;
  useDocumentTitle(`Edit ${name ?? "workflow"} · Deskhand`);
  const error = workflow.data ? version.error : workflow.error;

  return (
    <>
      <PageHeader above={<BackLink href={address}>{name ?? "Workflow"}</BackLink>} title={name ? `Edit ${name}` : "Edit workflow"} />
      <TestFirst
        tests={asked?.tests ?? null}
        onAnswer={(given) => {
          asked?.answer(given);
          setAsked(null);
        }}
      />
      {question}
      {own !== null && latest !== undefined && latest > own && (
        <Alert variant="light" color="gray" mb="md" icon={<IconHistory size={18} aria-hidden />}>
          Version {latest} was saved meanwhile. What you have here does not hold its changes: saving asks you first.{" "}
          <Anchor href={`${address}/edit`} size="sm" underline="always">
            Open version {latest} instead
          </Anchor>
        </Alert>
      )}
      {version.data ? (
        <Editor
          recording={version.data.recording}
          workflow={{ id: workflowId, version: own ?? version.data.number }}
          step={step?.of === version.data.number ? step.number : undefined}
          saveLabel="Save version"
          onSave={async (text) => {
            const answer = await ask(countTests(text));
            if (answer === null) return false;
            const saved = await add({ recording: text, draft: answer === "test", basedOn: base ?? baseOf(version.data) });
            if (!saved) return false;
            if (!saved.draft) {
              setOwn(saved.number);
              setBase(saved.contentHash);
            }
            notifyDone(saved.draft ? `Version ${saved.number} is a draft: run its tests.` : `Version ${saved.number} was saved.`);
            if (saved.draft) router.push(`${address}?version=${saved.number}`);
            return true;
          }}
        />
      ) : error ? (
        <ErrorState error={error} onRetry={() => void (workflow.data ? version.refetch() : workflow.refetch())} />
      ) : (
        <Skeleton height={480} radius="md" aria-busy />
      )}
    </>
  );
}

/** The editor with nothing in it; saving makes a workflow, and goes on with that. */
export function NewWorkflowEditor() {
  const trpc = useTRPC();
  const project = useProject();
  const router = useRouter();
  const queryClient = useQueryClient();
  const create = useMutation(trpc.workflow.create.mutationOptions());
  return (
    <>
      <PageHeader
        above={<BackLink href="/dashboard/workflows">Workflows</BackLink>}
        title="New workflow"
        description="Add steps, say what they do, and create it. Its name is the title under Inputs, which can be changed later."
      />
      <Editor
        recording={emptyRecording}
        saveLabel="Create workflow"
        isNew
        onSave={async (text) => {
          const workflow = await create.mutateAsync({ projectId: project.id, recording: text });
          await queryClient.invalidateQueries(trpc.workflow.list.pathFilter());
          notifyDone(`${workflow.name} was created.`);
          router.push(`/dashboard/workflows/${workflow.id}`);
        }}
      />
    </>
  );
}

const emptyRecording = { title: "New workflow", steps: [] };
