import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { inputFields, readInputSchema } from "@/features/deployment/input-fields";
import { useTRPC } from "@/trpc/client";
import { type EditorDocument, isRecord, visitSteps } from "./model/document.ts";
import { type DocumentIssues, withMissingInputs } from "./model/issues.ts";

/** Marks the steps that run another workflow without all that it needs; the rest of the check needs no server. */
export function useCalledIssues(document: EditorDocument, issues: DocumentIssues): DocumentIssues {
  const trpc = useTRPC();
  const calls = useMemo(() => callsOf(document), [document]);
  const called = [...new Set(calls.map(({ workflowId }) => workflowId))];
  const versions = useQueries({
    queries: called.map((id) => trpc.workflow.versions.queryOptions({ id }, { retry: false })),
    combine: (answers) => answers.flatMap(({ data }) => data?.items ?? []),
  });
  const wanted = versions.filter(({ contentHash, workflowId }) =>
    calls.some((call) => call.version === contentHash && call.workflowId === workflowId),
  );
  const details = useQueries({
    queries: wanted.map(({ workflowId: id, number }) =>
      trpc.workflow.version.queryOptions({ id, number }, { retry: false, staleTime: Number.POSITIVE_INFINITY }),
    ),
    combine: (answers) => answers.flatMap(({ data }) => (data ? [{ hash: data.contentHash, inputs: data.inputSchema }] : [])),
  });
  return useMemo(() => {
    const missing = calls.flatMap(({ id, version, given }) => {
      const found = details.find(({ hash }) => hash === version);
      const needed = found ? inputFields(readInputSchema(found.inputs)).filter(({ required }) => required) : [];
      return needed.filter(({ name }) => given[name] === undefined).map(({ name, label }) => ({ id, name, label }));
    });
    return withMissingInputs(issues, missing);
  }, [calls, details, issues]);
}

function callsOf(document: EditorDocument) {
  return visitSteps(document).flatMap(({ id, node: { step } }) => {
    const { workflowId, version, inputs } = step.parameters ?? {};
    if (step.name !== "deskhand.workflow" || typeof workflowId !== "string" || workflowId === "" || typeof version !== "string") return [];
    return { id, workflowId, version, given: isRecord(inputs) ? inputs : {} };
  });
}
