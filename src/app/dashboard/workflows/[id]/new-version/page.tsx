import type { Metadata } from "next";
import { NewVersion } from "@/features/workflow/new-version";

export const metadata: Metadata = { title: "New version" };

export default async function NewVersionPage({ params }: { params: Promise<{ id: string }> }) {
  return <NewVersion workflowId={(await params).id} />;
}
