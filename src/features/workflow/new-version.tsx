"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { BackLink } from "@/components/back-link";
import { notifyDone } from "@/components/notify";
import { PageHeader } from "@/components/page-header";
import { useTRPC } from "@/trpc/client";
import { RecordingForm } from "./recording-form.tsx";
import { baseOf, useAddVersion } from "./use-add-version.tsx";

/** Adds a version to a workflow. Versions before it stay as they are. */
export function NewVersion({ workflowId }: { workflowId: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const workflow = useQuery(trpc.workflow.get.queryOptions({ id: workflowId }));
  const latest = workflow.data?.latestVersion;
  // the version that was the latest when the page was opened, whoever adds another meanwhile
  const [opened, setOpened] = useState<number | null>(null);
  if (opened === null && latest !== undefined) setOpened(latest);
  const { add, question } = useAddVersion(workflowId);
  const address = `/dashboard/workflows/${workflowId}`;

  return (
    <>
      <PageHeader
        above={<BackLink href={address}>{workflow.data?.name ?? "Workflow"}</BackLink>}
        title="New version"
        description={`Becomes version ${workflow.data ? workflow.data.latestVersion + 1 : "…"}, which is deployed from then on. Earlier versions stay.`}
      />
      {question}
      <RecordingForm
        withName={false}
        submitLabel="Save version"
        onSubmit={async ({ text }) => {
          const before = opened === null ? undefined : trpc.workflow.version.queryOptions({ id: workflowId, number: opened });
          const basedOn = before && baseOf(await queryClient.ensureQueryData(before));
          const version = await add({ recording: text, basedOn });
          if (!version) return;
          notifyDone(`Version ${version.number} was saved.`);
          router.push(address);
        }}
      />
    </>
  );
}
