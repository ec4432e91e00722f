import type { Metadata } from "next";
import { SigningKeyList } from "@/features/signing-key/signing-key-list";

export const metadata: Metadata = { title: "Signing keys" };

export default function SigningKeysPage() {
  return <SigningKeyList />;
}
