import type { Metadata } from "next";
import { ProfileList } from "@/features/profile/profile-list";

export const metadata: Metadata = { title: "Profiles" };

export default async function ProfilesPage({ searchParams }: { searchParams: Promise<{ runner?: string }> }) {
  const { runner } = await searchParams;
  return <ProfileList runnerId={typeof runner === "string" ? runner : null} />;
}
