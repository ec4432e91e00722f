import { id } from "@deskhand/shared/schemas/common";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ProfilePage } from "@/features/profile/profile-page";

export const metadata: Metadata = { title: "Profile" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const profile = id.safeParse((await params).id);
  if (!profile.success) notFound();
  return <ProfilePage id={profile.data} />;
}
