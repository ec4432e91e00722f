import type { Metadata } from "next";
import { NewWorkflow } from "@/features/workflow/new-workflow";

export const metadata: Metadata = { title: "New workflow" };

export default function NewWorkflowPage() {
  return <NewWorkflow />;
}
