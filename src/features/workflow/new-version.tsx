"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { BackLink } from "@/components/back-link";
import { notifyDone } from "@/components/notify";
import { PageHeader } from "@/components/page-header";
import { useTRPC } from "@/trpc/client";
import { RecordingForm } from "./recording-form.tsx";

/** Adds a version to a workflow. Versions before it stay as they are. */
export function NewVersion({ workflowId }: { workflowId: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const workflow = useQuery(trpc.workflow.get.queryOptions({ id: workflowId }));
  const add = useMutation(trpc.workflow.addVersion.mutationOptions());
  const address = `/dashboard/workflows/${workflowId}`;

  return (
    <>
      <PageHeader
        above={<BackLink href={address}>{workflow.data?.name ?? "Workflow"}</BackLink>}
        title="New version"
        description={`Becomes version ${workflow.data ? workflow.data.latestVersion + 1 : "…"}, which is deployed from then on. Earlier versions stay.`}
      />
      <RecordingForm
        withName={false}
        submitLabel="Save version"
        onSubmit={async ({ text }) => {
          const version = await add.mutateAsync({ id: workflowId, recording: text });
          await queryClient.invalidateQueries(trpc.workflow.pathFilter());
          notifyDone(`Version ${version.number} was saved.`);
          router.push(address);
        }}
      />
    </>
  );
}
