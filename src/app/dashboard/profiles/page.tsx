import { id } from "@deskhand/shared/schemas/common";
import type { Metadata } from "next";
import { ProfileList } from "@/features/profile/profile-list";

export const metadata: Metadata = { title: "Profiles" };

export default async function ProfilesPage({ searchParams }: { searchParams: Promise<{ runner?: string }> }) {
  const runner = id.safeParse((await searchParams).runner);
  return <ProfileList runnerId={runner.success ? runner.data : null} />;
}
