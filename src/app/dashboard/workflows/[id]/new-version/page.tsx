import { id } from "@deskhand/shared/schemas/common";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { NewVersion } from "@/features/workflow/new-version";

export const metadata: Metadata = { title: "New version" };

export default async function NewVersionPage({ params }: { params: Promise<{ id: string }> }) {
  const workflow = id.safeParse((await params).id);
  if (!workflow.success) notFound();
  return <NewVersion workflowId={workflow.data} />;
}
