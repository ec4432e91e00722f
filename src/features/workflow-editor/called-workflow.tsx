import type { StepLabel } from "@deskhand/shared/schemas/label-words";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTRPC } from "@/trpc/client";
import type { StepJson } from "./model/document.ts";

type Props = { step: StepJson; words: StepLabel; children: (words: StepLabel) => ReactNode };

/** A step's words; of one that runs another workflow, with that workflow's name instead of its id. */
export function StepWords({ step, words, children }: Props) {
  const { workflowId, version } = step.parameters ?? {};
  if (step.name !== "deskhand.workflow" || typeof workflowId !== "string" || workflowId === "") return children(words);
  return (
    <CalledWorkflow workflowId={workflowId} version={version} words={words}>
      {children}
    </CalledWorkflow>
  );
}

type CalledProps = { workflowId: string; version: unknown; words: StepLabel; children: Props["children"] };

function CalledWorkflow({ workflowId, version, words, children }: CalledProps) {
  const trpc = useTRPC();
  const workflow = useQuery(trpc.workflow.get.queryOptions({ id: workflowId }, { retry: false }));
  const versions = useQuery(trpc.workflow.versions.queryOptions({ id: workflowId }, { retry: false }));
  const number = versions.data?.items.find(({ contentHash }) => contentHash === version)?.number;
  if (!workflow.data) return children(words);
  return children({ ...words, target: `“${workflow.data.name}”`, detail: number === undefined ? "" : `version ${number}` });
}
