import type { OutgoingHttpHeaders } from "node:http";
import type { FoundArtifact } from "@/server/domain/artifact/find-artifact";

/** Kinds that a browser may be told; everything else is bytes. None of them can run a script. */
const safeTypes = new Set(["image/png", "image/jpeg", "image/webp", "video/webm", "application/zip", "application/json", "text/plain"]);

/**
 * How an artifact is served from our own origin though a page on the other side may have made it: a safe type, never sniffed,
 * without any right, and saved rather than shown but for pictures.
 */
export function artifactHeaders({ type, name, bytes, contentType }: FoundArtifact): OutgoingHttpHeaders {
  const bare = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const safe = safeTypes.has(bare) ? bare : "application/octet-stream";
  const shown = type === "screenshot" && safe.startsWith("image/");
  const ascii = name.replaceAll(/[^\w.() -]/g, "_");
  return {
    "content-type": safe === "text/plain" || safe === "application/json" ? `${safe}; charset=utf-8` : safe,
    "content-length": bytes,
    "content-disposition": `${shown ? "inline" : "attachment"}; filename="${ascii}"; filename*=UTF-8''${encodeRfc5987(name)}`,
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    // it never changes, and reading it again costs the runner an upload
    "cache-control": "private, max-age=300",
  };
}

/** RFC 5987, section 3.2.1: `encodeURIComponent` leaves a few characters that are not allowed there. */
function encodeRfc5987(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
