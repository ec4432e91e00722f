import type { Metadata } from "next";
import { DeploymentList } from "@/features/deployment/deployment-list";

export const metadata: Metadata = { title: "Deployments" };

export default function DeploymentsPage() {
  return <DeploymentList />;
}
