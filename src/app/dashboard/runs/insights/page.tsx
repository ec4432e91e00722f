import type { Metadata } from "next";
import { RunInsightsPage } from "@/features/run/insights-page";

export const metadata: Metadata = { title: "Insights" };

export default function Page() {
  return <RunInsightsPage />;
}
