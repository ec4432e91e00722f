import type { Metadata } from "next";
import { RunnerList } from "@/features/runner/runner-list";

export const metadata: Metadata = { title: "Runners" };

export default async function RunnersPage({ searchParams }: { searchParams: Promise<{ add?: string }> }) {
  const { add } = await searchParams;
  return <RunnerList adding={add !== undefined} />;
}
