import type { Metadata } from "next";
import { ApproveBrowser } from "@/features/signing-key/approve-browser";

export const metadata: Metadata = { title: "Approve this browser" };

export default function ApprovePage() {
  return <ApproveBrowser />;
}
