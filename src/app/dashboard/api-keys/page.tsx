import type { Metadata } from "next";
import { ApiKeyList } from "@/features/api-key/api-key-list";

export const metadata: Metadata = { title: "API keys" };

export default function ApiKeysPage() {
  return <ApiKeyList />;
}
