import { id } from "@deskhand/shared/schemas/common";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { RunnerDetail } from "@/features/runner/runner-detail";

export const metadata: Metadata = { title: "Runner" };

export default async function RunnerPage({ params }: { params: Promise<{ id: string }> }) {
  const runner = id.safeParse((await params).id);
  if (!runner.success) notFound();
  return <RunnerDetail id={runner.data} />;
}
