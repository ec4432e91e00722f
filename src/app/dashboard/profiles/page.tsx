import type { Metadata } from "next";
import { ProfileList } from "@/features/profile/profile-list";

export const metadata: Metadata = { title: "Profiles" };

export default function ProfilesPage() {
  return <ProfileList />;
}
