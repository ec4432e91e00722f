import { id } from "@deskhand/shared/schemas/common";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { RunnerActivity } from "@/features/runner/runner-activity";

export const metadata: Metadata = { title: "Runner activity" };

export default async function RunnerActivityPage({ params }: { params: Promise<{ id: string }> }) {
  const runner = id.safeParse((await params).id);
  if (!runner.success) notFound();
  return <RunnerActivity id={runner.data} />;
}
