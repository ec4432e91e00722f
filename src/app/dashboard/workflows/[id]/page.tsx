"use client";

import { useSearchParams } from "next/navigation";
import { useIdParam } from "@/components/use-id-param";
import { DeployButton } from "@/features/deployment/deploy-button";
import { DraftPanel } from "@/features/deployment/draft-panel";
import { WorkflowTests } from "@/features/deployment/workflow-tests";
import { WorkflowRuns } from "@/features/run/workflow-runs";
import { OlderSchedules } from "@/features/schedule/older-schedules";
import { WorkflowPage } from "@/features/workflow/workflow-page";

export default function Page() {
  const id = useIdParam();
  const params = useSearchParams();
  const asked = Number(params.get("version"));
  const shown = Number.isInteger(asked) ? asked : 0;
  return (
    <WorkflowPage
      workflowId={id}
      deploy={(workflow, version) => (
        <>
          <DeployButton {...{ workflow, version }} record label="Record more" variant="default" startOpen={params.get("record") === "1"} />
          <DeployButton workflow={workflow} version={version} startOpen={params.get("deploy") === "1"} />
        </>
      )}
    >
      {shown > 0 && <DraftPanel workflowId={id} number={shown} />}
      <WorkflowTests workflowId={id} />
      <OlderSchedules workflowId={id} />
      <WorkflowRuns workflowId={id} />
    </WorkflowPage>
  );
}
