import type { Metadata } from "next";
import { NewWorkflowEditor } from "@/features/workflow-editor/workflow-editor";

export const metadata: Metadata = { title: "New workflow" };

export default function NewWorkflowEditorPage() {
  return <NewWorkflowEditor />;
}
