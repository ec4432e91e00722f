import { createHash } from "node:crypto";
import { canonicalJson } from "@deskhand/shared/schemas/canonical-json";

/** SHA-256 of the canonical JSON, in hexadecimal. */
export function contentHash(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
