import type { Metadata } from "next";
import { Overview } from "@/features/overview/overview";
import { RecentRuns } from "@/features/run/recent-runs";

export const metadata: Metadata = { title: "Overview" };

export default function OverviewPage() {
  return (
    <Overview>
      <RecentRuns />
    </Overview>
  );
}
