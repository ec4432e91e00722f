"use client";

import { useIdParam } from "@/components/use-id-param";
import { DeployButton } from "@/features/deployment/deploy-button";
import { RunPage } from "@/features/run/run-page";

export default function Page() {
  const id = useIdParam();
  return (
    <RunPage
      key={id}
      runId={id}
      deployAgain={(run) => (
        <DeployButton
          variant="default"
          label="Deploy again"
          workflow={{ id: run.workflowId, name: run.workflowName }}
          version={run.version}
          propose={{ runnerId: run.runnerId, profileIds: [run.profileId], deploymentId: run.deploymentId }}
        />
      )}
    />
  );
}
