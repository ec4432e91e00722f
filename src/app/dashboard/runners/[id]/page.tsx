import type { Metadata } from "next";
import { RunnerDetail } from "@/features/runner/runner-detail";

export const metadata: Metadata = { title: "Runner" };

export default async function RunnerPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <RunnerDetail id={id} />;
}
