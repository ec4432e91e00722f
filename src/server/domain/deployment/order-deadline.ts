import { readManifest } from "@deskhand/shared/schemas/manifest";
import { TASK_WITHIN_MS } from "@/server/domain/profile/rules";

/** How long an order about a schedule may wait for its runner: what was signed no longer than the signature lasts, which the runner refuses then. */
export function orderDeadline(signed: string | null | undefined, now: Date): Date {
  const lastsUntil = signed ? readManifest(signed)?.manifest.expiresAt : undefined;
  return new Date(Math.min(lastsUntil ?? Number.POSITIVE_INFINITY, now.getTime() + TASK_WITHIN_MS));
}
