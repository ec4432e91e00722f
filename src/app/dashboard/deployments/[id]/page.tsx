import { id } from "@deskhand/shared/schemas/common";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { DeploymentPage } from "@/features/deployment/deployment-page";

export const metadata: Metadata = { title: "Deployment" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const deployment = id.safeParse((await params).id);
  if (!deployment.success) notFound();
  return <DeploymentPage id={deployment.data} />;
}
