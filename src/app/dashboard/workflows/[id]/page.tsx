"use client";

import { useSearchParams } from "next/navigation";
import { useIdParam } from "@/components/use-id-param";
import { DeployButton } from "@/features/deployment/deploy-button";
import { WorkflowRuns } from "@/features/run/workflow-runs";
import { WorkflowPage } from "@/features/workflow/workflow-page";

export default function Page() {
  const id = useIdParam();
  const startOpen = useSearchParams().get("deploy") === "1";
  return (
    <WorkflowPage
      workflowId={id}
      deploy={(workflow, version) => <DeployButton key={version} workflow={workflow} version={version} startOpen={startOpen} />}
    >
      <WorkflowRuns workflowId={id} />
    </WorkflowPage>
  );
}
