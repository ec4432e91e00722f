import { id } from "@deskhand/shared/schemas/common";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { WebhookPage } from "@/features/webhook/webhook-page";

export const metadata: Metadata = { title: "Webhook" };

export default async function Webhook({ params }: { params: Promise<{ id: string }> }) {
  const webhook = id.safeParse((await params).id);
  if (!webhook.success) notFound();
  return <WebhookPage id={webhook.data} />;
}
