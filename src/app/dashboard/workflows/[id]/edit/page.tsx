import { id } from "@deskhand/shared/schemas/common";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { WorkflowEditor } from "@/features/workflow-editor/workflow-editor";

export const metadata: Metadata = { title: "Edit workflow" };

type Search = Partial<Record<"version" | "step" | "of", string | string[]>>;
type Props = { params: Promise<{ id: string }>; searchParams: Promise<Search> };

export default async function EditWorkflowPage({ params, searchParams }: Props) {
  const workflow = id.safeParse((await params).id);
  if (!workflow.success) notFound();
  const search = await searchParams;
  const [version, step, of] = [count(search.version), count(search.step), count(search.of)];
  return <WorkflowEditor workflowId={workflow.data} number={version} step={step && of ? { number: step, of } : undefined} />;
}

/** A whole number from 1 on, as an address says it. */
function count(text: string | string[] | undefined): number | undefined {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}
