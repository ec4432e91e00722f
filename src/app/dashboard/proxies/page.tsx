import type { Metadata } from "next";
import { ProxiesPage } from "@/features/proxy/proxies-page";

export const metadata: Metadata = { title: "Proxies" };

export default function Proxies() {
  return <ProxiesPage />;
}
