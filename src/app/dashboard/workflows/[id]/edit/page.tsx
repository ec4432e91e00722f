import { id } from "@deskhand/shared/schemas/common";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { WorkflowEditor } from "@/features/workflow-editor/workflow-editor";

export const metadata: Metadata = { title: "Edit workflow" };

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ version?: string | string[] }> };

export default async function EditWorkflowPage({ params, searchParams }: Props) {
  const workflow = id.safeParse((await params).id);
  if (!workflow.success) notFound();
  const number = Number((await searchParams).version);
  return <WorkflowEditor workflowId={workflow.data} number={Number.isInteger(number) && number > 0 ? number : undefined} />;
}
