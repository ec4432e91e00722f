import type { Metadata } from "next";
import { RelayFiguresPage } from "@/features/admin/relay-figures-page";

export const metadata: Metadata = { title: "Relay · Installation" };

export default function RelayPage() {
  return <RelayFiguresPage />;
}
