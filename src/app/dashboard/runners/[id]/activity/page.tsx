import type { Metadata } from "next";
import { RunnerActivity } from "@/features/runner/runner-activity";

export const metadata: Metadata = { title: "Runner activity" };

export default async function RunnerActivityPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <RunnerActivity id={id} />;
}
